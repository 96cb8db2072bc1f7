/* Where in a file something stands, for diagnostics and results. */
#ifndef MQTTSPEC_SOURCE_H
#define MQTTSPEC_SOURCE_H

struct source {
    const char *file; /* as named on the command line; NULL: nowhere */
    int line;         /* from 1 */
    int column;       /* from 1, in characters */
};

#endif
