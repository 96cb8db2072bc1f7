/* libyaml's events to a tree of nodes. What YAML has beyond plain data
 * (anchors, tags, several documents) is refused: a case file reads the same
 * to everyone. */
#include "mqtt/mqtt.h"
#include "script/diagnostics.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define FILE_MAX ((size_t)4 << 20)
#define DEPTH_MAX 64
#define NODES_MAX 200000

/* A list or map that is still open. */
struct frame {
    struct node *node;
    struct node *key; /* of a map: read, its value not yet */
    size_t capacity;
};

struct reader {
    yaml_parser_t parser;
    const char *name;
    struct slice text;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct frame frames[DEPTH_MAX];
    size_t depth;
    size_t nodes;
    size_t errors_before;
    struct node *root;
};

static bool no_memory(struct reader *reader)
{
    reader->diagnostics->no_memory = true;
    return false;
}

static struct source source_of(const struct reader *reader, yaml_mark_t mark)
{
    return (struct source){reader->name, (int)mark.line + 1,
                           (int)mark.column + 1};
}

/* ---- what libyaml refuses ---------------------------------------------- */

static bool report_bytes(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct source source = {reader->name, 1, 1};
    text_place(reader->text, parser->problem_offset, &source.line,
               &source.column);
    bool nul;
    bool utf8 = mqtt_utf8_valid(reader->text, &nul);
    diagnose(reader->diagnostics, source,
             utf8 ? "printable characters" : "UTF-8", NULL,
             utf8 ? "a control character stands here"
                  : "bytes that are not UTF-8 stand here");
    return false;
}

static bool report_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct source source = source_of(reader, parser->problem_mark);
    if (parser->context == NULL)
        diagnose(reader->diagnostics, source, NULL, NULL, "not valid YAML: %s",
                 parser->problem);
    else if (parser->context_mark.line == parser->problem_mark.line)
        diagnose(reader->diagnostics, source, NULL, NULL,
                 "not valid YAML: %s %s", parser->problem, parser->context);
    else
        diagnose(reader->diagnostics, source, NULL, NULL,
                 "not valid YAML: %s %s that began at line %zu",
                 parser->problem, parser->context,
                 parser->context_mark.line + 1);
    return false;
}

/* Takes the next event; false after a diagnostic. */
static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    switch (reader->parser.error) {
    case YAML_MEMORY_ERROR:
        return no_memory(reader);
    case YAML_READER_ERROR:
        return report_bytes(reader);
    default:
        return report_syntax(reader);
    }
}

/* ---- building ---------------------------------------------------------- */

static struct node *make_node(struct reader *reader, enum node_kind kind,
                              yaml_mark_t mark)
{
    if (reader->nodes++ == NODES_MAX) {
        diagnose(reader->diagnostics, source_of(reader, mark), NULL, NULL,
                 "the file holds more than %d values", NODES_MAX);
        return NULL;
    }
    struct node *node = arena_alloc(reader->arena, sizeof *node);
    if (node == NULL) {
        no_memory(reader);
        return NULL;
    }
    node->kind = kind;
    node->source = source_of(reader, mark);
    return node;
}

/* A larger copy; the old one stays in the arena, at most as much again. */
static struct node **grown(struct reader *reader, struct node **old,
                           size_t count, size_t capacity)
{
    struct node **fresh = arena_array(reader->arena, capacity, sizeof *fresh);
    if (fresh == NULL)
        no_memory(reader);
    else if (count > 0)
        memcpy(fresh, old, count * sizeof *fresh);
    return fresh;
}

static bool reserve(struct reader *reader, struct frame *frame)
{
    struct node *node = frame->node;
    if (node->count < frame->capacity)
        return true;
    frame->capacity = frame->capacity == 0 ? 4 : frame->capacity * 2;
    node->items = grown(reader, node->items, node->count, frame->capacity);
    if (node->kind == NODE_MAP)
        node->keys = grown(reader, node->keys, node->count, frame->capacity);
    return node->items != NULL &&
           (node->kind != NODE_MAP || node->keys != NULL);
}

/* Puts a finished or just opened node where it belongs. */
static bool place(struct reader *reader, struct node *node)
{
    if (reader->depth == 0) {
        reader->root = node;
        return true;
    }
    struct frame *frame = &reader->frames[reader->depth - 1];
    if (frame->node->kind == NODE_MAP && frame->key == NULL) {
        if (node->kind != NODE_SCALAR)
            diagnose(reader->diagnostics, node->source, "a word", NULL,
                     "a key may not be a %s",
                     node->kind == NODE_LIST ? "list" : "map");
        frame->key = node;
        return true;
    }
    if (!reserve(reader, frame))
        return false;
    size_t at = frame->node->count++;
    frame->node->items[at] = node;
    if (frame->node->kind == NODE_MAP)
        frame->node->keys[at] = frame->key;
    frame->key = NULL;
    return true;
}

static bool open_node(struct reader *reader, enum node_kind kind,
                      yaml_mark_t mark)
{
    struct node *node = make_node(reader, kind, mark);
    if (node == NULL)
        return false;
    if (reader->depth == DEPTH_MAX) {
        diagnose(reader->diagnostics, node->source, NULL, NULL,
                 "lists and maps are nested more than %d deep", DEPTH_MAX);
        return false;
    }
    if (!place(reader, node))
        return false;
    reader->frames[reader->depth++] = (struct frame){.node = node};
    return true;
}

/* ---- duplicate keys ---------------------------------------------------- */

static int compare_texts(struct slice a, struct slice b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0 : memcmp(a.data, b.data, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* By text, then by place, so that the first of two equals comes first. */
static int compare_keys(const void *left, const void *right)
{
    const struct node *a = *(struct node *const *)left;
    const struct node *b = *(struct node *const *)right;
    int order = compare_texts(a->text, b->text);
    if (order == 0)
        order = (a->source.line > b->source.line) -
                (a->source.line < b->source.line);
    if (order == 0)
        order = (a->source.column > b->source.column) -
                (a->source.column < b->source.column);
    return order;
}

static void report_duplicates(struct reader *reader, struct node **sorted,
                              size_t count)
{
    const struct node *first = sorted[0];
    for (size_t i = 1; i < count; i++) {
        const struct node *key = sorted[i];
        if (key->kind != NODE_SCALAR || first->kind != NODE_SCALAR ||
            compare_texts(first->text, key->text) != 0) {
            first = key;
            continue;
        }
        diagnose(reader->diagnostics, key->source, NULL, NULL,
                 "the key '%.*s' stands here again; it was first given at "
                 "%d:%d",
                 (int)key->text.size, (const char *)key->text.data,
                 first->source.line, first->source.column);
    }
}

static bool check_keys(struct reader *reader, const struct node *map)
{
    if (map->count < 2)
        return true;
    struct node **sorted = memory_new(map->count * sizeof *sorted);
    if (sorted == NULL)
        return no_memory(reader);
    memcpy(sorted, map->keys, map->count * sizeof *sorted);
    qsort(sorted, map->count, sizeof *sorted, compare_keys);
    report_duplicates(reader, sorted, map->count);
    memory_free(sorted);
    return true;
}

/* ---- events ------------------------------------------------------------ */

static bool close_node(struct reader *reader)
{
    const struct node *node = reader->frames[--reader->depth].node;
    return node->kind != NODE_MAP || check_keys(reader, node);
}

/* YAML writes "nothing" in three ways; all of them are an empty text. */
static bool is_nothing(struct slice text, bool quoted)
{
    return !quoted && (slice_is(text, "~") || slice_is(text, "null"));
}

static bool take_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct node *node = make_node(reader, NODE_SCALAR, event->start_mark);
    if (node == NULL)
        return false;
    struct slice text =
        slice_make(event->data.scalar.value, event->data.scalar.length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (is_nothing(text, node->quoted))
        text.size = 0;
    node->text = arena_slice(reader->arena, text);
    if (node->text.data == NULL && text.size > 0)
        return no_memory(reader);
    return place(reader, node);
}

/* Goes on with an empty text instead, to find further mistakes. */
static bool take_alias(struct reader *reader, const yaml_event_t *event)
{
    diagnose(reader->diagnostics, source_of(reader, event->start_mark),
             "the value itself", NULL, "the alias '*%s' is not allowed here",
             (const char *)event->data.alias.anchor);
    struct node *node = make_node(reader, NODE_SCALAR, event->start_mark);
    return node != NULL && place(reader, node);
}

static void refuse_marks(struct reader *reader, const yaml_event_t *event,
                         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct source source = source_of(reader, event->start_mark);
    if (anchor != NULL)
        diagnose(reader->diagnostics, source, NULL, NULL,
                 "the anchor '&%s' is not allowed here", (const char *)anchor);
    if (tag != NULL)
        diagnose(reader->diagnostics, source, NULL, NULL,
                 "the tag '%s' is not allowed here", (const char *)tag);
}

static void refuse_extras(struct reader *reader, const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        refuse_marks(reader, event, event->data.scalar.anchor,
                     event->data.scalar.tag);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        refuse_marks(reader, event, event->data.sequence_start.anchor,
                     event->data.sequence_start.tag);
    else if (event->type == YAML_MAPPING_START_EVENT)
        refuse_marks(reader, event, event->data.mapping_start.anchor,
                     event->data.mapping_start.tag);
}

static bool begin_document(struct reader *reader, const yaml_event_t *event)
{
    if (reader->root == NULL)
        return true;
    diagnose(reader->diagnostics, source_of(reader, event->start_mark),
             "one document in a file", NULL, "a second document begins here");
    return false;
}

static bool take_event(struct reader *reader, const yaml_event_t *event)
{
    refuse_extras(reader, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return begin_document(reader, event);
    case YAML_SCALAR_EVENT:
        return take_scalar(reader, event);
    case YAML_ALIAS_EVENT:
        return take_alias(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(reader, NODE_LIST, event->start_mark);
    case YAML_MAPPING_START_EVENT:
        return open_node(reader, NODE_MAP, event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_node(reader);
    default:
        return true;
    }
}

static bool read_events(struct reader *reader)
{
    bool good = true, ended = false;
    while (good && !ended) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        ended = event.type == YAML_STREAM_END_EVENT;
        good = take_event(reader, &event);
        yaml_event_delete(&event);
    }
    return good;
}

/* ---- loading ----------------------------------------------------------- */

/* The tree, or NULL when anything was wrong with it. */
static struct node *finish(struct reader *reader, bool good)
{
    const struct diagnostics *diagnostics = reader->diagnostics;
    if (good && reader->root == NULL)
        diagnose(reader->diagnostics, (struct source){reader->name, 1, 1}, NULL,
                 NULL, "the file is empty");
    if (!good || diagnostics->no_memory ||
        diagnostics->errors > reader->errors_before)
        return NULL;
    return reader->root;
}

/* text is kept by the diagnostics already, under the same name. */
static struct node *read_kept(const char *name, struct slice text,
                              struct arena *arena,
                              struct diagnostics *diagnostics)
{
    struct reader *reader = memory_zero(1, sizeof *reader);
    struct node *root = NULL;
    if (reader == NULL || !yaml_parser_initialize(&reader->parser)) {
        diagnostics->no_memory = true;
        memory_free(reader);
        return NULL;
    }
    reader->text = text;
    reader->arena = arena;
    reader->diagnostics = diagnostics;
    reader->errors_before = diagnostics->errors;
    reader->name = arena_text(arena, name);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    /* libyaml asserts that there is a string, even an empty one. */
    yaml_parser_set_input_string(&reader->parser,
                                 reader->text.size == 0 ? (const uint8_t *)""
                                                        : reader->text.data,
                                 reader->text.size);
    if (reader->name == NULL)
        diagnostics->no_memory = true;
    else
        root = finish(reader, read_events(reader));
    yaml_parser_delete(&reader->parser);
    memory_free(reader);
    return root;
}

struct node *node_load(const char *path, struct arena *arena,
                       struct diagnostics *diagnostics)
{
    struct slice text;
    if (!diagnostics_read(diagnostics, path, FILE_MAX, &text))
        return NULL;
    return read_kept(path, text, arena, diagnostics);
}

struct node *node_read(const char *name, struct slice text, struct arena *arena,
                       struct diagnostics *diagnostics)
{
    struct slice kept;
    if (text.size > FILE_MAX) {
        diagnose(diagnostics, (struct source){name, 0, 0}, NULL, NULL,
                 "the text is larger than %zu KiB", FILE_MAX >> 10);
        return NULL;
    }
    if (!diagnostics_keep(diagnostics, name, text, &kept))
        return NULL;
    return read_kept(name, kept, arena, diagnostics);
}
