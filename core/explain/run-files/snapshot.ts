/** `config_snapshot.json`. */
export interface RunSnapshot {
  run_id: string;
  tenant_id: string;
  config_version: number;
  tenant_config: unknown;
  plugins: Array<{ kind: string; id: string; version: string }>;
}
