#include "mqtt/mqtt.h"

/* The well-formed sequences (Unicode, table 3-7): what the first byte may
 * be, how many follow, and what the second may be. The bounds of the second
 * keep out overlong forms, surrogates and what lies above U+10FFFF. */
static const struct {
    uint8_t first_low, first_high;
    uint8_t following;
    uint8_t second_low, second_high;
} forms[] = {
    {0x00, 0x7f, 0, 0x00, 0x00}, {0xc2, 0xdf, 1, 0x80, 0xbf},
    {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf}, {0xf1, 0xf3, 3, 0x80, 0xbf},
    {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static bool within(uint8_t byte, uint8_t low, uint8_t high)
{
    return low <= byte && byte <= high;
}

/* The bytes behind the first of a character, given its row. */
static bool rest_valid(const uint8_t *bytes, size_t form)
{
    if (forms[form].following == 0)
        return true;
    if (!within(bytes[1], forms[form].second_low, forms[form].second_high))
        return false;
    for (size_t i = 2; i <= forms[form].following; i++)
        if (!within(bytes[i], 0x80, 0xbf))
            return false;
    return true;
}

/* The length of the character at the start; 0 when it is ill-formed. */
static size_t character(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!within(bytes[0], forms[i].first_low, forms[i].first_high))
            continue;
        if (forms[i].following >= size || !rest_valid(bytes, i))
            return 0;
        return forms[i].following + 1u;
    }
    return 0;
}

bool mqtt_utf8_valid(struct slice text, bool *nul)
{
    size_t at = 0;

    *nul = false;
    while (at < text.size) {
        size_t length = character(text.data + at, text.size - at);

        if (length == 0)
            return false;
        if (text.data[at] == 0)
            *nul = true;
        at += length;
    }
    return true;
}
