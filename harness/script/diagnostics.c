/* The list of diagnostics, and the files they point into. Everything is
 * copied into one arena, because what a diagnostic speaks of (a tree, a
 * profile) is often gone when it is printed. */
#include "script/diagnostics.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* All files of a run together; one alone is at most 4 MiB. */
#define DIAGNOSTICS_ARENA_MAX ((size_t)128 << 20)
#define MESSAGE_MAX 600

bool diagnostics_begin(struct diagnostics *diagnostics)
{
    memset(diagnostics, 0, sizeof *diagnostics);
    diagnostics->arena = arena_new(DIAGNOSTICS_ARENA_MAX);
    diagnostics->no_memory = diagnostics->arena == NULL;
    return diagnostics->arena != NULL;
}

void diagnostics_end(struct diagnostics *diagnostics)
{
    arena_free(diagnostics->arena);
    memset(diagnostics, 0, sizeof *diagnostics);
}

/* ---- files ------------------------------------------------------------- */

const struct diagnostics_file *
diagnostics_file(const struct diagnostics *diagnostics, const char *name)
{
    const struct diagnostics_file *file = diagnostics->files;
    while (file != NULL && strcmp(file->name, name) != 0)
        file = file->next;
    return file;
}

bool diagnostics_comment_follows(const struct diagnostics *diagnostics,
                                 const char *file, const struct node *node)
{
    const struct diagnostics_file *read = diagnostics_file(diagnostics, file);
    if (read == NULL || node->quoted)
        return false;
    struct slice text = read->text;
    size_t end = text_offset(text, node->source.line, node->source.column) +
                 node->text.size;
    size_t at = end;
    while (at < text.size && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    return at > end && at < text.size && text.data[at] == '#';
}

/* No column counts it, and no reader wants it. */
static struct slice without_byte_order_mark(struct slice text)
{
    if (slice_starts(text, slice_of("\xef\xbb\xbf")))
        return slice_make(text.data + 3, text.size - 3);
    return text;
}

bool diagnostics_keep(struct diagnostics *diagnostics, const char *name,
                      struct slice text, struct slice *kept)
{
    struct diagnostics_file *file =
        arena_alloc(diagnostics->arena, sizeof *file);
    char *copy = arena_text(diagnostics->arena, name);
    text = without_byte_order_mark(text);
    struct slice bytes = arena_slice(diagnostics->arena, text);
    if (file == NULL || copy == NULL || (bytes.data == NULL && text.size > 0)) {
        diagnostics->no_memory = true;
        return false;
    }
    *file = (struct diagnostics_file){copy, bytes, diagnostics->files};
    diagnostics->files = file;
    *kept = bytes;
    return true;
}

/* Zero, or the error number. EFBIG: more than the buffer's cap. */
static int read_stream(FILE *stream, struct buffer *text)
{
    uint8_t chunk[16384];
    size_t size;
    while ((size = fread(chunk, 1, sizeof chunk, stream)) > 0) {
        if (text->size + size > text->cap)
            return EFBIG;
        buffer_append(text, chunk, size);
        if (text->failed)
            return ENOMEM;
    }
    return ferror(stream) ? errno : 0;
}

static int read_path(const char *path, struct buffer *text)
{
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL)
        return errno;
    int error = read_stream(stream, text);
    fclose(stream);
    return error;
}

bool diagnostics_read(struct diagnostics *diagnostics, const char *path,
                      size_t cap, struct slice *text)
{
    struct buffer buffer = buffer_make(cap);
    struct source source = {path, 0, 0};
    int error = read_path(path, &buffer);
    bool kept = false;
    if (error == 0)
        kept = diagnostics_keep(diagnostics, path, buffer_slice(&buffer), text);
    else if (error == ENOMEM)
        diagnostics->no_memory = true;
    else if (error == EFBIG)
        diagnose(diagnostics, source, NULL, NULL,
                 "the file is larger than %zu KiB", cap >> 10);
    else
        diagnose(diagnostics, source, NULL, NULL, "cannot read the file: %s",
                 strerror(error));
    buffer_free(&buffer);
    return kept;
}

/* ---- adding ------------------------------------------------------------ */

/* A text from a file may hold control characters; a terminal must not see
 * them. */
static void tame(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

/* A copy of the text, NULL for NULL. */
static const char *keep_text(struct diagnostics *diagnostics, const char *text)
{
    if (text == NULL)
        return NULL;
    char *copy = arena_text(diagnostics->arena, text);
    if (copy == NULL)
        diagnostics->no_memory = true;
    else
        tame(copy);
    return copy;
}

/* The name as long as the diagnostics live. */
static const char *keep_name(struct diagnostics *diagnostics, const char *name)
{
    if (name == NULL)
        return NULL;
    const struct diagnostics_file *file = diagnostics_file(diagnostics, name);
    return file != NULL ? file->name : keep_text(diagnostics, name);
}

/* vsnprintf may have cut a character in two. */
static void drop_cut_character(char *text)
{
    size_t end = strlen(text);
    size_t at = end;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0)
        return;
    unsigned char lead = (unsigned char)text[at - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (end - (at - 1) < need)
        text[at - 1] = '\0';
}

static void add(struct diagnostics *diagnostics, struct diagnostic row,
                const char *format, va_list list)
{
    size_t *total = row.warning ? &diagnostics->warnings : &diagnostics->errors;
    *total += 1;
    if (diagnostics->count == DIAGNOSTICS_MAX)
        return;
    char message[MESSAGE_MAX];
    int size = vsnprintf(message, sizeof message, format, list);
    if (size >= (int)sizeof message)
        drop_cut_character(message);
    row.source.file = keep_name(diagnostics, row.source.file);
    row.message = keep_text(diagnostics, size < 0 ? format : message);
    row.expected = keep_text(diagnostics, row.expected);
    row.hint = keep_text(diagnostics, row.hint);
    if (row.message != NULL)
        diagnostics->rows[diagnostics->count++] = row;
}

void diagnose(struct diagnostics *diagnostics, struct source source,
              const char *expected, const char *hint, const char *format, ...)
{
    struct diagnostic row = {
        .source = source, .expected = expected, .hint = hint};
    va_list list;
    va_start(list, format);
    add(diagnostics, row, format, list);
    va_end(list);
}

void diagnose_warning(struct diagnostics *diagnostics, struct source source,
                      const char *expected, const char *hint,
                      const char *format, ...)
{
    struct diagnostic row = {
        .source = source, .warning = true, .expected = expected, .hint = hint};
    va_list list;
    va_start(list, format);
    add(diagnostics, row, format, list);
    va_end(list);
}
