/* One file of statements: lines of columns with tabs between. */
#include "script/catalogue.h"
#include "script/diagnostics.h"
#include <string.h>

enum column { ID, VERSIONS, SECTION, LEVEL, BOUND, TESTABLE, DEMAND, COLUMNS };
static const char *const column_names[COLUMNS + 1] = {
    "id", "versions", "section", "level", "bound party", "testable", "demand"};

static const char *const version_words[] = {"3.1", "3.1.1", "5.0", "all", NULL};
static const char *const level_words[] = {"MUST",       "MUST NOT", "SHOULD",
                                          "SHOULD NOT", "MAY",      NULL};
static const char *const bound_words[] = {"server", "client", "both",
                                          "receiver", NULL};
static const char *const testable_words[] = {"yes", "partly", "no", NULL};

struct file {
    struct catalogue *catalogue;
    struct diagnostics *diagnostics;
    const char *name;
    struct slice line;
    int line_number;
};

/* Cuts the part before the next separator off rest. False at the end. */
static bool cut(struct slice *rest, char separator, struct slice *part)
{
    if (rest->data == NULL)
        return false;
    const uint8_t *end =
        rest->size == 0 ? NULL : memchr(rest->data, separator, rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    *part = slice_make(rest->data, size);
    *rest = end == NULL ? slice_make(NULL, 0)
                        : slice_make(end + 1, rest->size - size - 1);
    return true;
}

static struct slice trimmed(struct slice text)
{
    while (text.size > 0 && text.data[0] == ' ')
        text = slice_make(text.data + 1, text.size - 1);
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

/* The place of a part of the current line. */
static struct source place_of(const struct file *file, struct slice part)
{
    struct source source = {file->name, file->line_number, 1};
    for (size_t at = 0; file->line.data + at < part.data; source.column++)
        text_character(file->line, &at);
    return source;
}

/* ---- the columns ------------------------------------------------------- */

static bool is_one_of(struct slice word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (slice_is(word, *words))
            return true;
    return false;
}

static bool check_word(const struct file *file, enum column column,
                       struct slice word, const char *const *words)
{
    if (is_one_of(word, words))
        return true;
    struct diagnostics *diagnostics = file->diagnostics;
    diagnose(diagnostics, place_of(file, word),
             diagnostics_choices(diagnostics, words),
             diagnostics_suggest(diagnostics, word, words),
             "'%.*s' cannot stand in the column '%s'", (int)word.size,
             (const char *)word.data, column_names[column]);
    return false;
}

/* Words with a separator between; all must be known. */
static bool check_words(const struct file *file, enum column column,
                        struct slice text, char separator,
                        const char *const *words)
{
    struct slice word;
    bool good = true;
    while (cut(&text, separator, &word))
        good = check_word(file, column, trimmed(word), words) && good;
    return good;
}

static bool check_id(const struct file *file, struct slice id)
{
    bool good = id.size > 0;
    for (size_t i = 0; i < id.size; i++) {
        uint8_t byte = id.data[i];
        good = good &&
               ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                (byte >= '0' && byte <= '9') || byte == '-' || byte == '.');
    }
    if (!good)
        diagnose(file->diagnostics, place_of(file, id),
                 "letters, digits, '-' and '.'", NULL,
                 "'%.*s' is not an identifier of a statement", (int)id.size,
                 (const char *)id.data);
    return good;
}

/* `no` comes with the reason: `no: only the client is bound`. */
static bool check_testable(const struct file *file, struct slice cell)
{
    struct slice reason = cell, word;

    cut(&reason, ':', &word);
    if (!check_word(file, TESTABLE, word, testable_words))
        return false;
    if (trimmed(reason).size > 0 || !slice_is(word, "no"))
        return true;
    diagnose(file->diagnostics, place_of(file, cell), "no: and the reason",
             NULL, "it is not said why this cannot be tested");
    return false;
}

static bool check_cells(const struct file *file,
                        const struct slice cells[COLUMNS])
{
    bool good = check_id(file, cells[ID]);
    for (size_t i = SECTION; i < COLUMNS; i++) {
        if (cells[i].size > 0)
            continue;
        diagnose(file->diagnostics, place_of(file, cells[i]), NULL, NULL,
                 "the column '%s' is empty", column_names[i]);
        good = false;
    }
    if (!good)
        return false;
    good = check_words(file, VERSIONS, cells[VERSIONS], ' ', version_words);
    good &= check_words(file, LEVEL, cells[LEVEL], '/', level_words);
    good &= check_word(file, BOUND, cells[BOUND], bound_words);
    good &= check_testable(file, cells[TESTABLE]);
    return good;
}

static uint8_t version_bits(struct slice versions)
{
    unsigned bits = 0;
    struct slice word;
    while (cut(&versions, ' ', &word)) {
        enum mqtt_version version;
        if (slice_is(word, "all"))
            bits |= 1u << MQTT_3_1 | 1u << MQTT_3_1_1 | 1u << MQTT_5_0;
        else if (mqtt_version_parse(word, &version))
            bits |= 1u << version;
    }
    return (uint8_t)bits;
}

/* ---- rows -------------------------------------------------------------- */

static struct catalogue_row *add_row(struct catalogue *catalogue)
{
    if (catalogue->count == catalogue->capacity) {
        size_t capacity =
            catalogue->capacity == 0 ? 256 : 2 * catalogue->capacity;
        struct catalogue_row *rows =
            memory_resize(catalogue->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return NULL;
        catalogue->rows = rows;
        catalogue->capacity = capacity;
    }
    return &catalogue->rows[catalogue->count++];
}

static bool keep_row(const struct file *file, const struct slice cells[COLUMNS])
{
    struct catalogue_row *row = add_row(file->catalogue);
    const char *texts[COLUMNS];
    if (row == NULL)
        return false;
    for (size_t i = 0; i < COLUMNS; i++)
        texts[i] = arena_text_of(file->catalogue->arena, cells[i]);
    *row = (struct catalogue_row){
        .statement = {texts[ID], texts[VERSIONS], texts[SECTION], texts[LEVEL],
                      texts[BOUND], texts[TESTABLE], texts[DEMAND]},
        .versions = version_bits(cells[VERSIONS]),
        .source = place_of(file, cells[ID])};
    return !arena_failed(file->catalogue->arena);
}

/* The number of cells in the line; those past the last column are counted
 * but not kept. */
static size_t split_line(struct slice line, struct slice cells[COLUMNS])
{
    size_t count = 0;
    struct slice cell;
    while (cut(&line, '\t', &cell)) {
        if (count < COLUMNS)
            cells[count] = cell;
        count++;
    }
    return count;
}

static bool check_header(const struct file *file,
                         const struct slice cells[COLUMNS], size_t count)
{
    bool good = count == COLUMNS;
    for (size_t i = 0; good && i < COLUMNS; i++)
        good = slice_is(cells[i], column_names[i]);
    if (!good)
        diagnose(file->diagnostics, place_of(file, file->line),
                 "the columns id, versions, section, level, bound party, "
                 "testable and demand, with tabs between",
                 NULL, "the first line is not the header of a catalogue");
    return good;
}

static bool has_control(struct slice line)
{
    for (size_t i = 0; i < line.size; i++)
        if ((line.data[i] < 0x20 && line.data[i] != '\t') ||
            line.data[i] == 0x7f)
            return true;
    return false;
}

/* Whether the line's bytes are fit to be read as columns. */
static bool check_line(const struct file *file)
{
    bool nul;
    bool good = mqtt_utf8_valid(file->line, &nul) && !has_control(file->line);
    if (!good)
        diagnose(file->diagnostics, place_of(file, file->line),
                 "UTF-8 without control characters, lines that end in LF", NULL,
                 "this line is not plain text");
    return good;
}

/* False only when there is no memory. */
static bool read_row(const struct file *file)
{
    struct slice cells[COLUMNS] = {0};
    size_t count = split_line(file->line, cells);
    if (count != COLUMNS) {
        diagnose(file->diagnostics, place_of(file, file->line),
                 "7 columns with tabs between", NULL, "%zu column%s stand here",
                 count, count == 1 ? "" : "s");
        return true;
    }
    return !check_cells(file, cells) || keep_row(file, cells);
}

/* False only when there is no memory. */
static bool read_line(const struct file *file)
{
    struct source source = place_of(file, file->line);
    if (file->line.size == 0 || !check_line(file))
        return true;
    if (file->catalogue->count < CATALOGUE_ROWS_MAX)
        return read_row(file);
    if (file->catalogue->count == CATALOGUE_ROWS_MAX)
        diagnose(file->diagnostics, source, NULL, NULL,
                 "there are more than %d statements", CATALOGUE_ROWS_MAX);
    return true;
}

static bool read_header(struct file *file, struct slice *text)
{
    struct slice cells[COLUMNS] = {0};
    file->line_number = 1;
    bool good = cut(text, '\n', &file->line) && check_line(file);
    return good && check_header(file, cells, split_line(file->line, cells));
}

bool catalogue_read(struct catalogue *catalogue, const char *path,
                    struct slice text, struct diagnostics *diagnostics)
{
    struct file file = {.catalogue = catalogue, .diagnostics = diagnostics};
    bool good = true;
    file.name = arena_text(catalogue->arena, path);
    if (file.name == NULL)
        return false;
    if (text.size == 0)
        diagnose(diagnostics, (struct source){path, 1, 1}, NULL, NULL,
                 "the file is empty");
    else if (read_header(&file, &text))
        while (good && cut(&text, '\n', &file.line)) {
            file.line_number++;
            good = read_line(&file);
        }
    return good;
}
