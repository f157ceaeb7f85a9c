import type { Dashboard, Panel, RowPanel } from '@grafana/schema';

/** A type as JSON has its values: enums are their texts. */
type Json<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer U)[]
      ? Json<U>[]
      : T extends object
        ? { [K in keyof T]: Json<T[K]> }
        : T;

/** The dashboard's file by Grafana's own types. */
export type DashboardJson = Omit<Json<Dashboard>, 'panels'> & { panels?: Json<Panel | RowPanel>[] };
