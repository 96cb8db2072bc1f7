#include "mqtt/reader.h"

void reader_find(struct reader *reader, enum mqtt_rule rule,
                 enum mqtt_field field, size_t at)
{
    struct mqtt_findings *findings = reader->findings;
    struct mqtt_finding finding = {rule, field, (uint32_t)at};

    if (findings && findings->count < MQTT_FINDINGS_MAX)
        findings->rows[findings->count++] = finding;
}

void reader_break(struct reader *reader, enum mqtt_rule rule,
                  enum mqtt_field field, size_t at)
{
    reader_find(reader, rule, field, at);
    reader->broken = true;
}

bool reader_saw(const struct reader *reader, enum mqtt_field field)
{
    return reader->seen[field / 64] >> (field % 64) & 1;
}

void reader_keep(struct reader *reader, const struct mqtt_value *value,
                 size_t at)
{
    if (reader->values)
        reader->values[reader->count] = *value;
    reader->count++;
    reader->seen[value->field / 64] |= UINT64_C(1) << (value->field % 64);
    judge_value(reader, value, at);
}
