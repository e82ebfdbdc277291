#!/bin/sh
# Stands in for the start script of a WSO2 server. It keeps that script's habits: it does not wait for what it starts or
# stops, and it ends with 0 whatever happened.
CARBON_HOME=$(cd "$(dirname "$0")/.." && pwd)
pid_file=$CARBON_HOME/wso2carbon.pid

case $1 in
start)
  if [ -e "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; then
    echo "Process is already running"
    exit 0
  fi
  nohup node "$CARBON_HOME/bin/carbon-stub.mjs" "-Dcarbon.home=$CARBON_HOME" >/dev/null 2>&1 </dev/null &
  ;;
stop)
  kill -TERM "$(cat "$pid_file")"
  ;;
version)
  cat "$CARBON_HOME/bin/version.txt"
  ;;
*)
  echo "Usage: wso2server.sh start|stop|version"
  ;;
esac
exit 0
