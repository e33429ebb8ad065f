/**
 * How a thing of the map stands: as the site says, in the site and not on this machine, on this machine and not in the
 * site, or not looked at.
 */
export type MapState = 'ok' | 'missing' | 'extra' | 'unknown';

export interface MapForward {
  readonly text: string;
  readonly state: MapState;
}

export interface MapNic {
  readonly network: string;
  readonly mac: string;
  /** An address, or `dhcp`. */
  readonly addresses: readonly string[];
  /** The interface in dom0, while the guest runs. */
  readonly vif: string | undefined;
  readonly state: MapState;
  readonly forwards: readonly MapForward[];
}

export interface MapDisk {
  readonly name: string;
  readonly sizeBytes: number | undefined;
  readonly kept: boolean;
  /** The volume or device that holds it. */
  readonly device: string | undefined;
  readonly state: MapState;
}

export interface MapGuest {
  readonly name: string;
  readonly kind: string;
  readonly memoryBytes: number | undefined;
  readonly vcpus: number | undefined;
  readonly running: 'running' | 'stopped' | 'unknown';
  readonly state: MapState;
  readonly nics: readonly MapNic[];
  readonly disks: readonly MapDisk[];
}

export interface MapNetwork {
  readonly name: string;
  readonly mode: 'bridge' | 'routed' | 'nat';
  /** The bridge, or the interface of a routed network. */
  readonly device: string;
  readonly deviceState: MapState;
  /** Addresses of dom0 on it. */
  readonly addresses: readonly string[];
  readonly subnet: string | undefined;
  /** The interface by which it reaches the outside; undefined for a bridge without one. */
  readonly outside: string | undefined;
  readonly state: MapState;
}

export interface MapLink {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly state: MapState;
}

/** A dom0 as an administrator draws it. */
export interface MapModel {
  readonly site: string;
  /** Interfaces to the outside. */
  readonly links: readonly MapLink[];
  readonly networks: readonly MapNetwork[];
  readonly guests: readonly MapGuest[];
}
