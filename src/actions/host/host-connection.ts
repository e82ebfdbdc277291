import type { ConnectionKind } from "../../action/connection.ts";

/** This machine, or another one over ssh. */
export const hostConnection: ConnectionKind = {
  kind: "host",
  summary: "A machine: this one, or another one over ssh",
  description:
    "Without `ssh` it is the machine that belay runs on. With it, belay starts the `ssh` program: its configuration, keys, agent, known hosts and jump hosts are the user's own. Passwords are never asked for.",
  example: "db1:\n  host: { ssh: postgres@db1.example.net }",
  config: {
    type: "object",
    additionalProperties: false,
    properties: {
      ssh: {
        type: "string",
        minLength: 1,
        description: "The destination as ssh takes it: a host, user@host, or a name of ssh_config.",
      },
      port: { type: "integer", minimum: 1, maximum: 65535, description: "Its port." },
      config: { type: "string", minLength: 1, description: "Another configuration file for ssh (-F)." },
      options: {
        type: "array",
        items: { type: "string" },
        description: "Options for ssh, such as `ProxyJump=bastion`.",
      },
    },
  },
  open: (config, context) => context.openHost(config),
};
