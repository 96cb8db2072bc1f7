# What bash offers for a command line: completion.bash MQTTSPEC WORD…, where
# the last word is being typed. Bash parts words at = as it does for people.
mqttspec=$1
shift
eval "$("$mqttspec" completion)"
COMP_WORDS=("$mqttspec" "$@")
COMP_CWORD=$#
_mqttspec
printf '%s\n' "${COMPREPLY[@]}"
