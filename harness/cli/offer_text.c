#include "cli/offer_text.h"

#include "report/text.h"
#include "script/capability.h"
#include <string.h>

enum { NAME_WIDTH = 28, CELL_WIDTH = 6, MEANING_COLUMN = 42 };

/* ---- for people -------------------------------------------------------- */

/* The last column has nothing behind it to be aligned. */
static void put_cell(struct buffer *out, const char *text, size_t transport)
{
    text_padded(out, text, transport + 1 < NET_TRANSPORTS ? CELL_WIDTH : 0);
}

static void put_versions(struct buffer *out, const struct offer *offer)
{
    text_spaces(out, 12);
    for (size_t i = 0; i < NET_TRANSPORTS; i++)
        put_cell(out, net_transport_name((enum net_transport)i), i);
    buffer_text(out, "\n");
    for (int version = MQTT_3_1; version <= MQTT_5_0; version++) {
        buffer_text(out, "MQTT ");
        text_padded(out, mqtt_version_name((enum mqtt_version)version), 7);
        for (size_t i = 0; i < NET_TRANSPORTS; i++)
            put_cell(out, offer->works[i][version] ? "yes" : "-", i);
        buffer_text(out, "\n");
    }
}

static void put_value(struct buffer *out, const struct offered *row)
{
    struct buffer value = buffer_make(32);
    if (row->present && row->has_number)
        buffer_format(&value, "%lld", (long long)row->number);
    else
        buffer_text(&value, row->present ? "yes" : "no");
    text_padded(out, buffer_string(&value), MEANING_COLUMN - NAME_WIDTH - 2);
    buffer_free(&value);
}

void offer_put_table(struct buffer *out, const struct offer *offer)
{
    const char *const *names = capability_names();
    put_versions(out, offer);
    buffer_text(out, "\n");
    for (size_t i = 0; i < OFFER_ROWS && names[i]; i++) {
        const struct capability_row *row = capability_find(slice_of(names[i]));
        buffer_text(out, "  ");
        text_padded(out, names[i], NAME_WIDTH);
        put_value(out, &offer->rows[i]);
        text_wrapped(out, row->meaning, MEANING_COLUMN, MEANING_COLUMN);
        buffer_text(out, "\n");
    }
}

/* ---- as a profile ------------------------------------------------------ */

/* A scalar of YAML in single quotes. */
static void put_quoted(struct buffer *out, const char *text)
{
    buffer_text(out, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buffer_text(out, "'");
        buffer_append(out, text, 1);
    }
    buffer_text(out, "'");
}

static void put_endpoints(struct buffer *out, const struct profile *profile)
{
    const struct profile_endpoint *endpoint =
        profile_endpoint(profile, "default");
    buffer_text(out, "endpoints:\n  default:\n");
    for (size_t i = 0; endpoint && i < NET_TRANSPORTS; i++) {
        if (!endpoint->urls[i])
            continue;
        buffer_format(out,
                      "    %s: ", net_transport_name((enum net_transport)i));
        put_quoted(out, endpoint->urls[i]);
        buffer_text(out, "\n");
    }
}

static void put_capability(struct buffer *out, const char *name,
                           const struct offered *row)
{
    if (!row->present)
        buffer_format(out, "- {%s: false}\n", name);
    else if (row->has_number)
        buffer_format(out, "- {%s: %lld}\n", name, (long long)row->number);
    else
        buffer_format(out, "- %s\n", name);
}

void offer_put_profile(struct buffer *out, const struct offer *offer,
                       const struct profile *profile)
{
    const char *const *names = capability_names();
    const char *comma = "";
    buffer_text(out, "# As mqttspec probe has found it: look it over, and add "
                     "how the broker is started,\n# accounts and other "
                     "endpoints.\n\nname: ");
    put_quoted(out, profile->name);
    buffer_text(out, "\n");
    put_endpoints(out, profile);
    buffer_text(out, "versions: [");
    for (int version = MQTT_3_1; version <= MQTT_5_0; version++)
        if (offer->shape.versions[version]) {
            buffer_format(out, "%s%s", comma,
                          mqtt_version_name((enum mqtt_version)version));
            comma = ", ";
        }
    buffer_text(out, "]\ncapabilities:\n");
    for (size_t i = 0; i < OFFER_ROWS && names[i]; i++)
        put_capability(out, names[i], &offer->rows[i]);
}
