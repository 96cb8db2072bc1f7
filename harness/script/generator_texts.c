/* Texts that are not what 1.5.4 calls a UTF-8 Encoded String, and unusual
 * ones that are. */
#include "script/generator_inside.h"

#include <string.h>

struct text_row {
    const char *name;
    const char *bytes;
    bool at_end; /* nothing follows: the text itself cuts it off */
};

static const struct text_row BAD[] = {
    {"high_surrogate", "\xed\xa0\x80", false},
    {"low_surrogate", "\xed\xbf\xbf", false},
    {"surrogate_pair", "\xed\xa0\xbd\xed\xb8\x80", false},
    {"overlong_nul", "\xc0\x80", false},
    {"overlong_2", "\xc1\xbf", false},
    {"overlong_3", "\xe0\x80\xaf", false},
    {"overlong_3_last", "\xe0\x9f\xbf", false},
    {"overlong_4", "\xf0\x80\x80\xaf", false},
    {"overlong_4_last", "\xf0\x8f\xbf\xbf", false},
    {"above_10ffff", "\xf4\x90\x80\x80", false},
    {"f5", "\xf5\x80\x80\x80", false},
    {"f8", "\xf8\x88\x80\x80\x80", false},
    {"fc", "\xfc\x84\x80\x80\x80\x80", false},
    {"fe", "\xfe", false},
    {"ff", "\xff", false},
    {"lone_80", "\x80", false},
    {"lone_bf", "\xbf", false},
    {"latin_1", "\xe9", false},
    {"bad_second", "\xc3\x28", false},
    {"bad_third", "\xe2\x82\x28", false},
    {"bad_fourth", "\xf0\x9f\x98\x28", false},
    {"cut_2", "\xc3", true},
    {"cut_3", "\xe2\x82", true},
    {"cut_4", "\xf0\x9f\x98", true},
};

/* The edges of table 3-7 of Unicode. None of them is a control character or
 * a non-character, which a receiver may refuse (1.5.4). */
static const struct text_row GOOD[] = {
    {"first_2", "\xc2\xa0", false},
    {"last_2", "\xdf\xbf", false},
    {"first_3", "\xe0\xa0\x80", false},
    {"euro", "\xe2\x82\xac", false},
    {"before_surrogates", "\xed\x9f\xbf", false},
    {"behind_surrogates", "\xee\x80\x80", false},
    {"byte_order_mark", "\xef\xbb\xbf", false},
    {"replacement", "\xef\xbf\xbd", false},
    {"first_4", "\xf0\x90\x80\x80", false},
    {"smile", "\xf0\x9f\x98\x80", false},
    {"last_4", "\xf4\x8f\xbf\xbd", false},
    {"combining", "-e\xcc\x81", false},
    {"right_to_left", "\xd7\x90\xd7\x91", false},
    {"ends_with_4", "\xf0\x9f\x98\x80", true},
};

/* first, middle and last joined; the middle may hold U+0000. */
static struct node *join(struct generation *generation, struct slice first,
                         struct slice middle, struct slice last)
{
    size_t size = first.size + middle.size + last.size;
    char *bytes = compile_new(generation->compiler, size + 1);

    if (!bytes)
        return NULL;
    if (first.size)
        memcpy(bytes, first.data, first.size);
    if (middle.size)
        memcpy(bytes + first.size, middle.data, middle.size);
    if (last.size)
        memcpy(bytes + first.size + middle.size, last.data, last.size);
    return generator_scalar(generation, slice_make(bytes, size));
}

/* Binary data may hold anything, and only plain texts can be added to. */
static bool is_text(const struct place *place)
{
    return place->kind != MQTT_KIND_BINARY && place->value->kind == NODE_SCALAR;
}

static const char *row_name(struct generation *generation,
                            const struct place *place, const char *name)
{
    return place->name ? arena_format(generation->compiler->arena, "%s_%s",
                                      place->name, name)
                       : NULL;
}

static const struct node *changed(struct generation *generation,
                                  const struct place *place,
                                  const struct text_row *row)
{
    return sample_put(generation, place,
                      join(generation, place->value->text, slice_of(row->bytes),
                           slice_of(row->at_end ? "" : "z")));
}

static void offer_bad(struct generation *generation, const struct place *place)
{
    for (size_t i = 0; is_text(place) && i < sizeof BAD / sizeof *BAD; i++)
        sample_offer(generation, row_name(generation, place, BAD[i].name),
                     changed(generation, place, &BAD[i]));
}

static void offer_good(struct generation *generation, const struct place *place)
{
    for (size_t i = 0; is_text(place) && i < sizeof GOOD / sizeof *GOOD; i++)
        generator_add(generation, row_name(generation, place, GOOD[i].name),
                      changed(generation, place, &GOOD[i]));
}

static void offer_null(struct generation *generation, const struct place *place)
{
    const struct slice none = slice_of(""), z = slice_of("z");
    const struct slice null = slice_make("", 1);
    struct slice text = place->value->text;

    if (!is_text(place))
        return;
    sample_offer(
        generation, row_name(generation, place, "null_first"),
        sample_put(generation, place, join(generation, none, null, text)));
    sample_offer(
        generation, row_name(generation, place, "null_within"),
        sample_put(generation, place, join(generation, text, null, z)));
    sample_offer(
        generation, row_name(generation, place, "null_last"),
        sample_put(generation, place, join(generation, text, null, none)));
    sample_offer(
        generation, row_name(generation, place, "null_alone"),
        sample_put(generation, place, join(generation, none, null, none)));
}

void texts_bad_utf8(struct generation *generation)
{
    sample_places(generation, offer_bad);
}

void texts_null_characters(struct generation *generation)
{
    sample_places(generation, offer_null);
}

void texts_good_utf8(struct generation *generation)
{
    sample_places(generation, offer_good);
}
