#include "report/ink.h"

#include "report/text.h"

void ink_use(struct buffer *out, bool colour, enum ink ink)
{
    static const char *const codes[] = {
        [INK_PLAIN] = "\033[0m",  [INK_BOLD] = "\033[1m",
        [INK_DIM] = "\033[2m",    [INK_RED] = "\033[1;31m",
        [INK_GREEN] = "\033[32m", [INK_YELLOW] = "\033[33m",
    };
    if (colour)
        buffer_text(out, codes[ink]);
}

void ink_text(struct buffer *out, bool colour, enum ink ink, const char *text)
{
    ink_use(out, colour, ink);
    buffer_text(out, text);
    ink_use(out, colour, INK_PLAIN);
}

enum ink verdict_ink(enum verdict verdict)
{
    static const enum ink inks[VERDICTS] = {
        [VERDICT_PASS] = INK_GREEN,          [VERDICT_FAIL] = INK_RED,
        [VERDICT_WARN] = INK_YELLOW,         [VERDICT_SKIP] = INK_DIM,
        [VERDICT_INCONCLUSIVE] = INK_YELLOW, [VERDICT_ERROR] = INK_RED,
        [VERDICT_FLAKY] = INK_YELLOW,        [VERDICT_KNOWN] = INK_DIM,
        [VERDICT_FIXED] = INK_RED,           [VERDICT_NOT_RUN] = INK_DIM,
    };
    return (unsigned)verdict < VERDICTS ? inks[verdict] : INK_PLAIN;
}

void ink_verdict(struct buffer *out, bool colour, enum verdict verdict,
                 size_t width)
{
    const char *name = verdict_name(verdict);
    char capitals[16];
    size_t size = 0;
    for (; size < sizeof capitals - 1 && name[size]; size++)
        capitals[size] = name[size];
    capitals[size] = '\0';
    for (char *at = capitals; *at; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at & ~0x20);
    ink_text(out, colour, verdict_ink(verdict), capitals);
    text_spaces(out, size < width ? width - size : 0);
}
