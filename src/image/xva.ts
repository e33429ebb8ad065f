import { deriveUuid } from '../spec/identity.ts';
import type { ImageManifest } from './manifest.ts';

/**
 * Metadata of an XVA, as XCP-ng's `xe vm-import` reads it: XML-RPC values of the classes VM, VBD, VDI and SR. The disk
 * is a directory beside it whose files are its blocks (xapi-project, "The XenServer VM import/format").
 */
type Value = string | number | boolean | Date | readonly Value[] | { readonly [name: string]: Value };

/** Bytes of a block of a disk. */
export const XVA_BLOCK = 1024 * 1024;
const NOTHING = 'OpaqueRef:NULL';
const REFERENCES = { vm: 'Ref:0', storage: 'Ref:1', disk: 'Ref:2', attachment: 'Ref:3' } as const;
/** A guest that has not been given its memory yet. */
const MEMORY_BYTES = 1024 * 1024 * 1024;
const EXPORT_VERSION = 2;

/** The name of a block in the archive; of one that is not written the number is left out. */
export function nameXvaBlock(index: number): string {
  return `${REFERENCES.disk}/${String(index).padStart(8, '0')}`;
}

/** ova.xml of a guest that starts from the image's disk by its BIOS. @param hash SHA-256 of the manifest */
export function renderOvaXml(manifest: ImageManifest, hash: string, diskBytes: number): string {
  const uuid = (part: string) => deriveUuid('xva', hash, part);
  const objects = [
    { class: 'VM', id: REFERENCES.vm, snapshot: describeVm(manifest, hash, uuid('vm')) },
    { class: 'SR', id: REFERENCES.storage, snapshot: describeStorage(uuid('storage')) },
    { class: 'VDI', id: REFERENCES.disk, snapshot: describeDisk(manifest, uuid('disk'), diskBytes) },
    { class: 'VBD', id: REFERENCES.attachment, snapshot: describeAttachment(uuid('attachment')) },
  ];
  const version = {
    hostname: 'localhost',
    date: new Date(manifest.epoch * 1000).toISOString().slice(0, 10),
    product_version: '8.2.1',
    product_brand: 'XCP-ng',
    build_number: 'relight',
    xapi_major: 1,
    xapi_minor: 20,
    export_vsn: EXPORT_VERSION,
  };
  return renderValue({ version, objects });
}

function describeVm({ name, suite, relight }: ImageManifest, hash: string, uuid: string): Value {
  const memory = ['static_min', 'dynamic_min', 'dynamic_max', 'static_max'];
  return {
    uuid,
    name_label: name,
    name_description: `Debian ${suite}, standard image ${name}@${hash.slice(0, 12)}, made by relight ${relight}`,
    user_version: 1,
    is_a_template: false,
    is_default_template: false,
    is_control_domain: false,
    is_a_snapshot: false,
    power_state: 'halted',
    domain_type: 'hvm',
    ...Object.fromEntries(memory.map((bound) => [`memory_${bound}`, MEMORY_BYTES])),
    memory_target: 0,
    memory_overhead: 0,
    VCPUs_params: {},
    VCPUs_max: 1,
    VCPUs_at_startup: 1,
    actions_after_shutdown: 'destroy',
    actions_after_reboot: 'restart',
    actions_after_crash: 'restart',
    HVM_boot_policy: 'BIOS order',
    HVM_boot_params: { order: 'c', firmware: 'bios' },
    HVM_shadow_multiplier: 1,
    ...Object.fromEntries(PV_FIELDS.map((field) => [field, ''])),
    platform: {
      'device-model': 'qemu-upstream-compat',
      ...{ acpi: '1', apic: 'true', pae: 'true', nx: 'true', hpet: 'true', viridian: 'false' },
    },
    PCI_bus: '',
    other_config: {},
    recommendations: '',
    xenstore_data: {},
    ha_always_run: false,
    ha_restart_priority: '',
    ...EMPTY_COLLECTIONS,
    allowed_operations: [],
    current_operations: {},
    blocked_operations: {},
    blobs: {},
    tags: [],
    snapshots: [],
    children: [],
    VBDs: [REFERENCES.attachment],
    ...Object.fromEntries(NO_REFERENCES.map((field) => [field, NOTHING])),
    domid: -1,
    domarch: '',
    last_boot_CPU_flags: {},
    last_booted_record: '',
    transportable_snapshot_id: '',
    snapshot_info: {},
    snapshot_metadata: '',
    snapshot_time: new Date(0),
    generation_id: '',
    hardware_platform_version: 0,
    has_vendor_device: false,
    requires_reboot: false,
    reference_label: '',
    order: 0,
    start_delay: 0,
    shutdown_delay: 0,
    version: 0,
  };
}

const PV_FIELDS = [
  ...['PV_kernel', 'PV_ramdisk', 'PV_args', 'PV_legacy_args', 'PV_bootloader', 'PV_bootloader_args'],
];
const EMPTY_COLLECTIONS = {
  ...{ VIFs: [], VGPUs: [], VTPMs: [], VUSBs: [], attached_PCIs: [], consoles: [], crash_dumps: [] },
  ...{ NVRAM: {}, bios_strings: {} },
};
const NO_REFERENCES = [
  ...['suspend_VDI', 'suspend_SR', 'resident_on', 'affinity', 'guest_metrics', 'metrics', 'parent'],
  ...['snapshot_of', 'appliance'],
];

function describeStorage(uuid: string): Value {
  return {
    uuid,
    name_label: 'relight',
    name_description: '',
    allowed_operations: [],
    current_operations: {},
    VDIs: [REFERENCES.disk],
    PBDs: [],
    virtual_allocation: 0,
    physical_utilisation: 0,
    physical_size: 0,
    type: 'ext',
    content_type: 'user',
    shared: false,
    other_config: {},
    tags: [],
    sm_config: {},
    blobs: {},
  };
}

function describeDisk({ name }: ImageManifest, uuid: string, bytes: number): Value {
  return {
    uuid,
    name_label: `${name} root`,
    name_description: '',
    allowed_operations: [],
    current_operations: {},
    SR: REFERENCES.storage,
    VBDs: [REFERENCES.attachment],
    crash_dumps: [],
    virtual_size: bytes,
    physical_utilisation: bytes,
    type: 'user',
    sharable: false,
    read_only: false,
    other_config: {},
    storage_lock: false,
    location: uuid,
    managed: true,
    missing: false,
    parent: NOTHING,
    xenstore_data: {},
    sm_config: {},
    is_a_snapshot: false,
    snapshot_of: NOTHING,
    snapshots: [],
    snapshot_time: new Date(0),
    tags: [],
    allow_caching: false,
    on_boot: 'persist',
    metadata_of_pool: NOTHING,
  };
}

function describeAttachment(uuid: string): Value {
  return {
    uuid,
    allowed_operations: [],
    current_operations: {},
    VM: REFERENCES.vm,
    VDI: REFERENCES.disk,
    device: 'xvda',
    userdevice: '0',
    bootable: true,
    mode: 'RW',
    type: 'Disk',
    unpluggable: false,
    storage_lock: false,
    empty: false,
    other_config: {},
    currently_attached: false,
    status_code: 0,
    status_detail: '',
    runtime_properties: {},
    qos_algorithm_type: '',
    qos_algorithm_params: {},
    qos_supported_algorithms: [],
    metrics: NOTHING,
  };
}

/** A value as XML-RPC writes it; numbers are strings there, since xapi's are wider than those of XML-RPC. */
function renderValue(value: Value): string {
  return `<value>${renderContent(value)}</value>`;
}

function renderContent(value: Value): string {
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value !== 'object') return escapeText(String(value));
  if (value instanceof Date) {
    const time = value
      .toISOString()
      .replaceAll('-', '')
      .replace(/\.\d+Z$/, 'Z');
    return `<dateTime.iso8601>${time}</dateTime.iso8601>`;
  }
  if (Array.isArray(value))
    return `<array><data>${value.map((each: Value) => renderValue(each)).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([name, each]) => `<member><name>${escapeText(name)}</name>${renderValue(each as Value)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
