/* Expressions and matchers of the case language (language.md, section 3).
 *
 * What is known when a variant is made (parameters, vars) is gone by then;
 * what is left is known only while it plays: $id, $topic, captures,
 * counters, $grace, $limits, $profile, $auth. */
#ifndef MQTTSPEC_EXPRESSION_H
#define MQTTSPEC_EXPRESSION_H

#include "memory/memory.h"
#include "script/source.h"

/* ---- values ------------------------------------------------------------ */

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_BYTES, VALUE_LIST };
/* A value while a variant plays. Texts are bytes. Borrowed or in the
 * play's arena. A pair (user property) is a list of two. */
struct value {
    enum value_kind kind;
    int64_t number; /* durations in ns */
    struct slice bytes;
    const struct value *items;
    size_t count;
};

/* ---- expressions ------------------------------------------------------- */

enum expression_kind {
    EXPRESSION_NUMBER,   /* number; durations in ns */
    EXPRESSION_BYTES,    /* bytes: constant text or bytes */
    EXPRESSION_VARIABLE, /* name, then parts as path (.3, .$i): each part is
                            an expression giving a number or text. Texts join
                            the name ("limits.connect" is looked up), numbers
                            count the items of a list, from 1 */
    EXPRESSION_OPERATOR, /* op on parts[0], parts[1]: + - * / % */
    EXPRESSION_JOIN,     /* parts one after the other, numbers as decimal
                            text: "m$(i+1)" and data lists */
    EXPRESSION_REPEAT,   /* parts[0], number parts[1] times */
    EXPRESSION_RANDOM,   /* parts[0] random bytes; number: a salt, constant
                            for the variant, so that it is the same each time */
    EXPRESSION_PAD,      /* parts[0] padded with parts[1] to parts[2] bytes */
    EXPRESSION_INTEGER,  /* parts[0] as big-endian integer of `number` bytes */
    EXPRESSION_VARINT,   /* parts[0], width `number` (0: minimal) */
    EXPRESSION_PREFIXED, /* parts[0] behind its length as an integer of
                            `number` bytes; 0: as a Variable Byte Integer */
    EXPRESSION_LIST,     /* parts as a list */
    EXPRESSION_AUTH      /* a move of the profile's method; bytes: "start",
                            "reply", "wrong" */
};

struct expression {
    enum expression_kind kind;
    struct source source;
    int64_t number;
    struct slice bytes;
    const char *name;
    char op;
    struct expression **parts;
    size_t count;
};

/* Where a playing variant finds its variables. lookup returns false when the
 * name is not (yet) set. auth may be NULL. */
struct environment {
    void *user;
    bool (*lookup)(void *user, const char *name, struct value *value);
    bool (*auth)(void *user, struct slice move, struct value *value);
    struct arena *arena; /* for what is made */
    uint64_t seed;
};
#define EXPRESSION_BYTES_MAX (268435455u + 5u)

/* False with one line in *error (in the environment's arena): an unset
 * variable, a division by zero, a part that is not there, an overflow. */
bool expression_evaluate(const struct expression *expression,
                         const struct environment *environment,
                         struct value *value, const char **error);
/* The same, demanding a number, or bytes (a number becomes decimal text). */
bool expression_number(const struct expression *expression,
                       const struct environment *environment, int64_t *number,
                       const char **error);
bool expression_bytes(const struct expression *expression,
                      const struct environment *environment,
                      struct slice *bytes, const char **error);

/* The expression as a case file writes it: "$old.2", "$max + 1". */
void expression_print(const struct expression *expression, struct buffer *out);
/* Decimal text as a number: digits, a minus sign before them or not. False
 * for any other text, and past 64 bits. */
bool number_of_text(struct slice text, int64_t *number);

/* ---- matchers ---------------------------------------------------------- */

enum matcher_kind {
    MATCHER_ANY, /* whatever, also nothing */
    MATCHER_ABSENT,
    MATCHER_PRESENT,
    MATCHER_EQUAL,    /* parts: expression */
    MATCHER_NOT,      /* children[0] */
    MATCHER_ONE_OF,   /* any child */
    MATCHER_ALL_OF,   /* every child; {from, to} in one map and the like */
    MATCHER_AT_LEAST, /* expression; numbers */
    MATCHER_AT_MOST,
    MATCHER_BELOW,
    MATCHER_ABOVE,
    MATCHER_STARTS, /* expression; bytes */
    MATCHER_ENDS,
    MATCHER_CONTAINS,
    MATCHER_LENGTH,        /* children[0] on the number of bytes or items */
    MATCHER_LIST,          /* the whole list in order: children */
    MATCHER_LIST_CONTAINS, /* some item matches children[0] */
    MATCHER_SET,           /* the whole list in any order: children */
    MATCHER_REMAINING      /* message_expiry_interval: expression N, marks
                              `stored`, `asked` */
};
struct matcher {
    enum matcher_kind kind;
    struct source source;
    struct expression *expression;
    struct matcher **children;
    size_t count;
    const char *stored, *asked;
};

/* Times of a mark, for MATCHER_REMAINING; ns. False when not set. */
struct match_context {
    const struct environment *environment;
    void *user;
    bool (*mark)(void *user, const char *name, int64_t *begin, int64_t *end);
    int64_t observed; /* when the packet came */
};
enum match_result { MATCH_NO, MATCH_YES, MATCH_ERROR /* *error says why */ };
/* value NULL or VALUE_NONE: the field is absent. Numbers compare with
 * numbers, and with texts by their decimal form; a list of items compares with
 * MATCHER_LIST, SET, LIST_CONTAINS and LENGTH. For LIST and SET an absent list
 * is an empty one, and what is no list is a list of one; otherwise an absent
 * field meets only ANY, ABSENT and a NOT. REMAINING never accepts more than
 * N itself. */
enum match_result matcher_test(const struct matcher *matcher,
                               const struct value *value,
                               const struct match_context *context,
                               const char **error);
/* What the matcher accepts, for people: "0x8e", "one of 0x81, 0x82",
 * "at least 3", "absent". hex_numbers writes numbers as 0x8e. Variables show
 * their values, or their names where environment is NULL or does not know
 * them. */
void matcher_print(const struct matcher *matcher,
                   const struct environment *environment, bool hex_numbers,
                   struct buffer *out);
void value_print(const struct value *value, bool hex_numbers,
                 struct buffer *out);

#endif
