#include "cli/live.h"
#include "report/live.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_CAP 1000
#define COLUMNS_DEFAULT 80

bool live_on_terminal(FILE *file)
{
    int descriptor = fileno(file);
    return descriptor >= 0 && isatty(descriptor);
}

static bool is_dumb(void)
{
    const char *terminal = getenv("TERM");
    return !terminal || !*terminal || strcmp(terminal, "dumb") == 0;
}

struct live live_begin(const struct cli *cli, bool colour)
{
    struct live live = {.colour = colour};
    if (!cli->options.quiet && live_on_terminal(cli->err) && !is_dumb())
        live.out = cli->err;
    return live;
}

/* The last column stays free: some terminals go on to the next line when it
 * is taken. */
static size_t columns_of(FILE *file)
{
    struct winsize size = {.ws_col = 0};
    if (ioctl(fileno(file), TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
        return COLUMNS_DEFAULT - 1;
    return size.ws_col - 1u;
}

void live_show(struct live *live, const struct pulse *pulse)
{
    if (!live->out)
        return;
    struct buffer line = buffer_make(LINE_CAP);
    buffer_text(&line, "\r");
    live_line(&line, pulse, columns_of(live->out), live->colour);
    buffer_text(&line, "\033[K");
    live->shown = cli_put(live->out, &line);
    fflush(live->out);
}

void live_clear(struct live *live)
{
    if (!live->shown)
        return;
    fputs("\r\033[K", live->out);
    fflush(live->out);
    live->shown = false;
}
