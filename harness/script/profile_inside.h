/* Inside of profiles: what their files share. */
#ifndef MQTTSPEC_PROFILE_INSIDE_H
#define MQTTSPEC_PROFILE_INSIDE_H

#include "script/profile.h"

#define PROFILE_ARENA_MAX ((size_t)32 << 20)
#define PROFILE_TEXT_MAX ((size_t)1 << 20)

/* An empty profile with all defaults; NULL when there is no memory. */
struct profile *profile_new(void);

enum profile_fault {
    PROFILE_GOOD,
    PROFILE_UNKNOWN_WORD, /* *at: where the `$` stands in text */
    PROFILE_NO_PORT,
    PROFILE_NO_MEMORY
};
/* Appends text to out, with $dir and the others replaced. */
enum profile_fault profile_expand(const char *text,
                                  const struct profile_places *places,
                                  struct buffer *out, size_t *at);
/* The length of the word behind a `$`: letters, digits and _. */
size_t profile_word_size(const char *text);

/* Reading one profile. */
struct profile_reader {
    struct profile *profile;
    struct diagnostics *diagnostics;
    const char *file; /* in the profile's arena */
};
/* What a value looks like, for the schema. */
struct profile_shape {
    enum {
        PROFILE_TEXT,
        PROFILE_TEXTS, /* one, or a list of them */
        PROFILE_NUMBER,
        PROFILE_BOOLEAN,
        PROFILE_CHOICE, /* one of words */
        PROFILE_MAP,    /* of keys */
        PROFILE_NAMED,  /* a map from names to items */
        PROFILE_LIST,   /* of items */
        PROFILE_CAPABILITY
    } kind;
    const char *const *words;
    const struct profile_key *keys;
    const struct profile_shape *item;
    size_t least;        /* items of a list */
    int64_t most;        /* of a number, from 0 on */
    const char *pattern; /* of a text, as a regular expression; or NULL */
    const char *needed;  /* a name that has to be there; or NULL */
};
extern const struct profile_shape PROFILE_A_TEXT, PROFILE_A_BOOLEAN;
extern const struct profile_shape PROFILE_SOME_TEXTS;
extern const struct profile_shape PROFILE_A_TEXT_LIST, PROFILE_A_TEXT_MAP;
extern const struct profile_shape PROFILE_KNOWN, PROFILE_CAPABILITIES;
extern const struct profile_shape PROFILE_ENDPOINTS, PROFILE_ACCOUNTS;
/* A whole profile. */
extern const struct profile_shape PROFILE;

/* One key of a map: its reader gets the address of the member. */
struct profile_key {
    const char *name;
    void (*read)(struct profile_reader *reader, const struct node *node,
                 void *member);
    size_t offset; /* of the member in what the map describes */
    bool required;
    const struct profile_shape *shape;
    const char *with; /* has no meaning without this key; or NULL */
};
#define PROFILE_KEYS_MAX 24

/* False after a diagnostic when the node is of another kind. */
bool profile_check_kind(struct profile_reader *reader, const struct node *node,
                        enum node_kind kind, const char *what);
/* Reads a map into *record by its keys, which end with a name of NULL. */
void profile_read_map(struct profile_reader *reader, const struct node *node,
                      const char *what, const struct profile_key *keys,
                      void *record);
/* Room for as many rows of `size` as the node holds; *count is their number.
 * NULL when the node is of another kind (reported), empty, or without
 * memory; *count is 0 then. */
void *profile_rows(struct profile_reader *reader, const struct node *node,
                   enum node_kind kind, const char *what, size_t size,
                   size_t *count);
/* The text of a scalar; "" after a diagnostic. */
const char *profile_text(struct profile_reader *reader, const struct node *node,
                         const char *what);
bool profile_boolean(struct profile_reader *reader, const struct node *node);
/* An index into words, which end with NULL; 0 after a diagnostic. */
size_t profile_choice(struct profile_reader *reader, const struct node *node,
                      const char *what, const char *const *words);
/* A number from 0 to most. */
int64_t profile_number(struct profile_reader *reader, const struct node *node,
                       int64_t most);
/* Small letters, digits and _ as key; reported when it is another text. */
const char *profile_name(struct profile_reader *reader, const struct node *node,
                         const char *what);
/* Expands text, which the node holds, as if the broker was to be started.
 * False after a diagnostic. */
bool profile_try_expand(struct profile_reader *reader, const struct node *node,
                        const char *text, struct buffer *out);
/* A text with $words, all known. */
const char *profile_template(struct profile_reader *reader,
                             const struct node *node, const char *what);

/* Readers of single keys, for the tables. */
void profile_read_text(struct profile_reader *reader, const struct node *node,
                       void *member); /* const char * */
void profile_read_template(struct profile_reader *reader,
                           const struct node *node, void *member);
void profile_read_boolean(struct profile_reader *reader,
                          const struct node *node, void *member);

/* The larger parts (profile_known.c, profile_broker.c); the member is the
 * profile itself. */
void profile_read_known(struct profile_reader *reader, const struct node *node,
                        void *profile);
void profile_read_capabilities(struct profile_reader *reader,
                               const struct node *node, void *profile);
void profile_read_endpoints(struct profile_reader *reader,
                            const struct node *node, void *profile);
void profile_read_accounts(struct profile_reader *reader,
                           const struct node *node, void *profile);
void profile_read_command(struct profile_reader *reader,
                          const struct node *node, void *profile);
void profile_read_environment(struct profile_reader *reader,
                              const struct node *node, void *profile);
void profile_read_files(struct profile_reader *reader, const struct node *node,
                        void *profile);

#endif
