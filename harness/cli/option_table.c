#include "cli/options.h"

#define AT(member) offsetof(struct options, member)
#define CHOOSING (COMMAND_RUN | COMMAND_LIST)
#define REPORTING (COMMAND_RUN | COMMAND_REPORT)
#define TARGETS (COMMAND_RUN | COMMAND_PROBE)
#define REACHING (TARGETS | COMMAND_RECORD)
#define LOADING (COMMAND_RUN | COMMAND_LIST | COMMAND_SHOW | COMMAND_COVERAGE)

const struct option_row option_rows[] = {
    {"select", 's', OPTION_LIST, CHOOSING, AT(select), false, "SELECTOR",
     "only these variants: the begin of an id up to a '/', '@' or '[', a "
     "pattern with * and ?, or area=, statement=, version=, level=, "
     "transport= with a value; may be given several times"},
    {"exclude", 'x', OPTION_LIST, CHOOSING, AT(exclude), false, "SELECTOR",
     "not these variants; may be given several times"},
    {"cases", 0, OPTION_LIST, LOADING, AT(cases), true, "PATH",
     "a case file, or a folder of them, instead of the cases that come with "
     "mqttspec; may be given several times"},
    {"strict", 0, OPTION_FLAG, COMMAND_RUN, AT(strict), true, NULL,
     "a SHOULD that is not kept is a failure; cases of level strict are "
     "judged"},
    {"user", 'u', OPTION_TEXT, TARGETS, AT(user), true, "NAME",
     "user name for every CONNECT that states none"},
    {"password", 'P', OPTION_TEXT, TARGETS, AT(password), false, "TEXT",
     "password; better given in the environment as MQTTSPEC_PASSWORD, where "
     "other users of the machine cannot see it"},
    {"ca", 0, OPTION_TEXT, REACHING, AT(ca), true, "FILE",
     "PEM certificates that the broker's certificate must lead to"},
    {"cert", 0, OPTION_TEXT, REACHING, AT(certificate), true, "FILE",
     "our own PEM certificate chain"},
    {"key", 0, OPTION_TEXT, REACHING, AT(key), true, "FILE",
     "the PEM key of --cert"},
    {"server-name", 0, OPTION_TEXT, REACHING, AT(server_name), true, "NAME",
     "name asked for and verified in TLS instead of the URL's host"},
    {"insecure", 0, OPTION_FLAG, REACHING, AT(insecure), true, NULL,
     "do not verify the broker's certificate"},
    {"path", 0, OPTION_TEXT, REACHING, AT(path), true, "PATH",
     "path of the WebSocket upgrade instead of the URL's (/mqtt)"},
    {"header", 'H', OPTION_LIST, REACHING, AT(headers), true, "'NAME: VALUE'",
     "a header field added to the WebSocket upgrade; may be given several "
     "times"},
    {"jobs", 'j', OPTION_COUNT, COMMAND_RUN, AT(jobs), true, "N",
     "connections that are being set up at once"},
    {"connections", 0, OPTION_COUNT, COMMAND_RUN, AT(connections), true, "N",
     "connections that are open at once"},
    {"connections", 0, OPTION_COUNT, COMMAND_RECORD, AT(connections), false,
     "N",
     "write the case when N connections have ended, not only on SIGINT "
     "(Ctrl-C) "
     "or SIGTERM"},
    {"listen", 'l', OPTION_TEXT, COMMAND_RECORD, AT(listen), false, "URL",
     "where clients are to connect instead of to the broker "
     "(mqtt://127.0.0.1:0; port 0: a free one, which is printed)"},
    {"output", 'o', OPTION_TEXT, COMMAND_RECORD, AT(output), false, "FILE",
     "write the case to this file instead of to standard output"},
    {"patience", 0, OPTION_FACTOR, TARGETS, AT(patience), true, "FACTOR",
     "multiplies every upper time limit (1)"},
    {"repeat", 0, OPTION_COUNT, COMMAND_RUN, AT(repeat), false, "N",
     "play each variant so many times (1)"},
    {"unconfirmed", 0, OPTION_FLAG, COMMAND_RUN, AT(unconfirmed), false, NULL,
     "do not repeat alone what went wrong: quicker for a first look, but a "
     "disturbed machine then passes for a broken broker"},
    {"shard", 0, OPTION_SHARD, COMMAND_RUN, AT(shard), false, "K/N",
     "only the K-th of N equal parts of the variants"},
    {"seed", 0, OPTION_SEED, COMMAND_RUN, AT(seed), true, "N",
     "seed of random bytes and identifiers; chosen and printed if not given"},
    {"junit", 0, OPTION_TEXT, COMMAND_RUN, AT(junit), false, "FILE",
     "write a JUnit XML report"},
    {"junit-strict", 0, OPTION_FLAG, COMMAND_RUN, AT(junit_strict), false, NULL,
     "keep the JUnit report to what the published schemas accept"},
    {"json", 0, OPTION_TEXT, COMMAND_RUN, AT(json), false, "FILE",
     "write the complete record as JSON"},
    {"profile", 0, OPTION_TEXT, COMMAND_PROBE, AT(profile), false, "FILE",
     "write what was found as a profile to start from"},
    {"html", 0, OPTION_TEXT, REPORTING, AT(html), false, "FILE",
     "write a page that shows and compares the runs, in one file"},
    {"markdown", 0, OPTION_TEXT, REPORTING, AT(markdown), false, "FILE",
     "write a summary in Markdown, as the summary of a CI job"},
    {"comparison", 0, OPTION_TEXT, REPORTING, AT(comparison), false, "FILE",
     "write what each broker breaks in Markdown, below a table by area"},
    {"tap", 0, OPTION_TEXT, REPORTING, AT(tap), false, "FILE",
     "write the verdicts in the Test Anything Protocol"},
    {"badge", 0, OPTION_TEXT, REPORTING, AT(badge), false, "FILE",
     "write a badge as shields.io reads it"},
    {"pcap", 0, OPTION_TEXT, COMMAND_RUN, AT(pcap), false, "FOLDER",
     "write what went over TCP in each variant that is not in order (with "
     "--keep-all: in all) as a pcapng file for Wireshark, passwords included"},
    {"json", 0, OPTION_FLAG, COMMAND_LIST, AT(json_lines), false, NULL,
     "print a JSON array with all that is known of each variant"},
    {"json", 0, OPTION_FLAG, COMMAND_COVERAGE, AT(json_lines), false, NULL,
     "print a JSON array with an object for each statement and version"},
    {"complete", 0, OPTION_FLAG, COMMAND_LINT, AT(complete), false, NULL,
     "a testable statement that no case judges is an error"},
    {"keep-all", 0, OPTION_FLAG, COMMAND_RUN, AT(keep_all), true, NULL,
     "record the conversations of passed variants, too"},
    {"certs", 0, OPTION_TEXT, REACHING, AT(certs), true, "FOLDER",
     "test certificates, $certs in a profile (made by fixtures/certs/make)"},
    {"dir", 0, OPTION_TEXT, TARGETS, AT(dir), false, "FOLDER",
     "folder for the broker that a profile starts; kept afterwards"},
    {"quiet", 'q', OPTION_FLAG, REACHING, AT(quiet), false, NULL,
     "print the summary only"},
    {"verbose", 'v', OPTION_FLAG, COMMAND_RUN, AT(verbose), false, NULL,
     "print every variant, and whole conversations"},
    {"colour", 0, OPTION_COLOUR, COMMAND_RUN, AT(colour), false,
     "auto|always|never",
     "colours; auto: on a terminal, unless NO_COLOR is set"},
    {"help", 'h', OPTION_FLAG, COMMAND_ALL, AT(help), false, NULL,
     "print this help"},
};
const size_t option_row_count = sizeof option_rows / sizeof *option_rows;

const struct option_row *option_named(struct slice name, unsigned command)
{
    for (size_t i = 0; i < option_row_count; i++)
        if ((option_rows[i].commands & command) &&
            slice_is(name, option_rows[i].name))
            return &option_rows[i];
    return NULL;
}

const struct option_row *option_lettered(char letter, unsigned command)
{
    for (size_t i = 0; i < option_row_count; i++)
        if ((option_rows[i].commands & command) && letter &&
            option_rows[i].letter == letter)
            return &option_rows[i];
    return NULL;
}
