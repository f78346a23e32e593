#!/bin/sh
# Nagios and Icinga notifications by SMS.
#
# Nagios, with enable_environment_macros=1 or with the macros given as env(1) does:
#
#   define command {
#       command_name  notify-by-sms
#       command_line  env NAGIOS_NOTIFICATIONTYPE="$NOTIFICATIONTYPE$" NAGIOS_HOSTNAME="$HOSTNAME$" \
#                     NAGIOS_SERVICEDESC="$SERVICEDESC$" NAGIOS_SERVICESTATE="$SERVICESTATE$" \
#                     NAGIOS_SERVICEOUTPUT="$SERVICEOUTPUT$" NAGIOS_CONTACTPAGER="$CONTACTPAGER$" \
#                     NAGIOS_NOTIFICATIONID="$SERVICENOTIFICATIONID$" /usr/local/bin/nagios-notify.sh
#   }
#
# Icinga 2 sets the same variables in the `env` of its NotificationCommand.
#
# The text goes in by standard input and the number after `--`: nothing a plugin
# prints can become an option or a command. The notification's id is the key, so that a
# notification run twice is sent once.
set -eu

printf '%s: %s %s %s\n%s\n' \
    "$NAGIOS_NOTIFICATIONTYPE" "$NAGIOS_HOSTNAME" \
    "${NAGIOS_SERVICEDESC:-host}" "${NAGIOS_SERVICESTATE:-${NAGIOS_HOSTSTATE:-}}" \
    "${NAGIOS_SERVICEOUTPUT:-${NAGIOS_HOSTOUTPUT:-}}" |
    cut -c 1-300 |
    exec gsmd send --tag alert --priority 9 \
        ${NAGIOS_NOTIFICATIONID:+--key "nagios:$NAGIOS_NOTIFICATIONID:$NAGIOS_CONTACTPAGER"} \
        -- "$NAGIOS_CONTACTPAGER"
