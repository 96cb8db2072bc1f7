#include "test/prove/prove.h"

#include <stdio.h>
#include <string.h>

enum { TABLE_CAP = 8 << 20, SHOWN = 4 };

struct table {
    const struct proof *proof;
    const struct evidence *evidence;
    size_t count;
    struct buffer out, missing;
    json_t *failed; /* set of cases that some violation failed */
    json_t *proven; /* set of "CASE cites STATEMENT" that one failed */
    json_t *unseen; /* set of statements that something is missing of */
    size_t missed;
};

/* ---- sets of names, in their order ------------------------ */

static void note_name(json_t *set, const char *name)
{
    json_object_set_new(set, name, json_true());
}

static void put_cases(struct buffer *out, json_t *set)
{
    const char *name;
    json_t *value;
    size_t shown = 0;

    json_object_foreach(set, name, value)
    {
        if (shown == SHOWN)
            buffer_format(out, " and %zu more", json_object_size(set) - SHOWN);
        if (shown++ < SHOWN)
            buffer_format(out, "%s%s", shown > 1 ? " " : "", name);
    }
}

/* ---- one row ----------------------------------------------------------- */

struct row {
    const struct way *way;
    const struct broken *broken;
    json_t *citing, *others;
};

/* Whether the variant judges anything that the way breaks. */
static bool cites_any(const struct way *way, const json_t *variant)
{
    for (size_t i = 0; i < way->count; i++)
        if (variant_cites(variant, way->broken[i].statement))
            return true;
    return false;
}

/* "CASE cites STATEMENT". False when there is no memory. */
static bool put_citation(struct buffer *text, const char *name,
                         const char *statement)
{
    *text = buffer_make(1024);
    buffer_format(text, "%s cites %s", name, statement);
    return !text->failed;
}

static void note_citing(struct table *table, const struct row *row,
                        const char *name)
{
    struct buffer citation;

    note_name(row->citing, name);
    if (put_citation(&citation, name, row->broken->statement))
        note_name(table->proven, buffer_string(&citation));
    buffer_free(&citation);
}

static void note_variant(struct table *table, const struct row *row,
                         size_t profile, const json_t *variant)
{
    const char *id = variant_text(variant, "id");
    const char *name = variant_text(variant, "case");
    const char *version = variant_text(variant, "version");
    const char *statement = row->broken->statement;

    if (!verdict_noticed(variant) ||
        json_object_get(table->proof->hasty[profile], id))
        return;
    note_name(table->failed, name);
    if (!cites_any(row->way, variant))
        note_name(row->others, name);
    else if (variant_cites(variant, statement) &&
             way_breaks(row->way, statement, version))
        note_citing(table, row, name);
}

static void note_results(struct table *table, const struct row *row,
                         json_t *const *results)
{
    for (size_t i = 0; i < LOOKS * PROFILES; i++) {
        const json_t *variants = json_object_get(results[i], "variants");
        for (size_t j = 0; j < json_array_size(variants); j++)
            note_variant(table, row, i % PROFILES, json_array_get(variants, j));
    }
}

/* Something that makes the proof incomplete. */
static void miss(struct table *table, const char *what, const char *which)
{
    buffer_format(&table->missing, "- %s: %s\n", what, which);
    table->missed++;
}

static void put_row(struct table *table, const struct row *row)
{
    buffer_format(&table->out, "| %s | %s: %s | ", row->broken->statement,
                  row->way->name, row->way->text);
    put_cases(&table->out, row->citing);
    buffer_text(&table->out, " | ");
    put_cases(&table->out, row->others);
    buffer_text(&table->out, " |\n");
}

static void judge_row(struct table *table, const struct way *way,
                      const struct broken *broken, json_t *const *results)
{
    struct row row = {way, broken, json_object(), json_object()};
    struct buffer name = buffer_make(512);

    note_results(table, &row, results);
    put_row(table, &row);
    buffer_format(&name, "%s:%s", broken->statement, way->name);
    if (!json_object_size(row.citing)) {
        miss(table, "noticed by no case that cites it", buffer_string(&name));
        note_name(table->unseen, broken->statement);
    }
    buffer_free(&name);
    json_decref(row.citing);
    json_decref(row.others);
}

static void judge_way(struct table *table, const struct evidence *evidence)
{
    const struct way *way = evidence->way;

    for (size_t i = 0; i < way->count; i++)
        if (catalogue_cites(table->proof->catalogue, way->broken[i].statement))
            judge_row(table, way, &way->broken[i], evidence->results);
}

/* ---- what is missing --------------------------------------------------- */

static bool is_broken(const struct proof *proof, const char *statement)
{
    for (size_t i = 0; i < proof->ways.count; i++)
        for (size_t j = 0; j < VERSIONS; j++)
            if (way_breaks(&proof->ways.rows[i], statement, version_names[j]))
                return true;
    return false;
}

/* Whether any profile plays a variant of the case to its end. */
static bool is_played(const struct proof *proof, const char *of_case)
{
    for (size_t i = 0; i < PROFILES; i++) {
        const json_t *variants = json_object_get(proof->sound[i], "variants");
        for (size_t j = 0; j < json_array_size(variants); j++) {
            const json_t *variant = json_array_get(variants, j);
            if (strcmp(variant_text(variant, "case"), of_case) == 0 &&
                strcmp(variant_text(variant, "verdict"), "pass") == 0)
                return true;
        }
    }
    return false;
}

static void judge_case(struct table *table, const json_t *variant,
                       json_t *known)
{
    const char *name = variant_text(variant, "case");

    if (json_object_get(known, name))
        return;
    note_name(known, name);
    if (strcmp(variant_text(variant, "level"), "may") == 0)
        return;
    if (!is_played(table->proof, name))
        miss(table, "case that the reference broker never plays", name);
    else if (!json_object_get(table->failed, name))
        miss(table, "case that no violation fails", name);
}

static void judge_statements(struct table *table, const json_t *variant,
                             json_t *known)
{
    const json_t *statements = json_object_get(variant, "statements");

    for (size_t i = 0; i < json_array_size(statements); i++) {
        const char *name = json_string_value(json_array_get(statements, i));
        if (json_object_get(known, name) ||
            !catalogue_cites(table->proof->catalogue, name))
            continue;
        note_name(known, name);
        if (!is_broken(table->proof, name))
            miss(table, "statement without a violation", name);
    }
}

/* A case cites what it can be failed by, and nothing else. */
static void judge_citations(struct table *table, const json_t *variant,
                            json_t *known)
{
    const json_t *statements = json_object_get(variant, "statements");
    const char *name = variant_text(variant, "case");

    if (strcmp(variant_text(variant, "level"), "may") == 0)
        return;
    for (size_t i = 0; i < json_array_size(statements); i++) {
        const char *statement =
            json_string_value(json_array_get(statements, i));
        struct buffer citation;

        if (put_citation(&citation, name, statement) &&
            !json_object_get(known, buffer_string(&citation))) {
            note_name(known, buffer_string(&citation));
            if (!json_object_get(table->proven, buffer_string(&citation))) {
                miss(table, "citation that no violation fails",
                     buffer_string(&citation));
                note_name(table->unseen, statement);
            }
        }
        buffer_free(&citation);
    }
}

static void judge_catalogue(struct table *table)
{
    const json_t *catalogue = table->proof->catalogue;
    json_t *cases = json_object();
    json_t *statements = json_object();
    json_t *citations = json_object();

    for (size_t i = 0; i < json_array_size(catalogue); i++) {
        judge_case(table, json_array_get(catalogue, i), cases);
        judge_statements(table, json_array_get(catalogue, i), statements);
        judge_citations(table, json_array_get(catalogue, i), citations);
    }
    json_decref(cases);
    json_decref(statements);
    json_decref(citations);
}

/* ---- all --------------------------------------------------------------- */

static bool write_table(struct table *table)
{
    struct buffer path = buffer_make(4096);
    FILE *file;
    bool written = false;

    buffer_format(&path, "%s/table.md", table->proof->folder);
    file = fopen(buffer_string(&path), "w");
    if (file) {
        fputs(buffer_string(&table->out), file);
        if (table->missed)
            fprintf(file, "\n## Missing\n\n%s", buffer_string(&table->missing));
        written = fclose(file) == 0;
    }
    printf("%s%s: %zu ways to break requirements, %zu things missing\n",
           buffer_string(&table->missing), buffer_string(&path), table->count,
           table->missed);
    buffer_free(&path);
    return written && !table->out.failed && !table->missing.failed;
}

static void begin(struct table *table, const struct proof *proof,
                  const struct evidence *evidence, size_t count)
{
    *table = (struct table){.proof = proof,
                            .evidence = evidence,
                            .count = count,
                            .out = buffer_make(TABLE_CAP),
                            .missing = buffer_make(TABLE_CAP),
                            .failed = json_object(),
                            .proven = json_object(),
                            .unseen = json_object()};
    buffer_text(&table->out,
                "| statement | violation | cases that noticed it | other cases "
                "that noticed it |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++)
        judge_way(table, &evidence[i]);
    if (!proof->only_count)
        judge_catalogue(table);
}

static void end(struct table *table)
{
    json_decref(table->failed);
    json_decref(table->proven);
    json_decref(table->unseen);
    buffer_free(&table->out);
    buffer_free(&table->missing);
}

json_t *table_unseen(const struct proof *proof, const struct evidence *evidence,
                     size_t count)
{
    struct table table;
    json_t *unseen;

    begin(&table, proof, evidence, count);
    unseen = json_incref(table.unseen);
    end(&table);
    return unseen;
}

size_t table_write(const struct proof *proof, const struct evidence *evidence,
                   size_t count)
{
    struct table table;

    begin(&table, proof, evidence, count);
    if (!write_table(&table))
        table.missed++;
    end(&table);
    return table.missed;
}
