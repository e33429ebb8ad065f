import type { ImageManifest, ImagePackage } from './manifest.ts';

/**
 * Bills of materials of an image, from its manifest alone: the same image gives the same text. Formats: SPDX 2.3 and
 * CycloneDX 1.5, both as JSON; packages are named by package URL (purl-spec, type deb).
 */

/** @param hash SHA-256 of the manifest */
export function renderSpdx(manifest: ImageManifest, hash: string): string {
  const image = 'SPDXRef-image';
  const packages = manifest.packages.map((each, index) => ({
    SPDXID: `SPDXRef-package-${index + 1}`,
    name: each.name,
    versionInfo: each.version,
    supplier: 'Organization: Debian',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    checksums: [{ algorithm: 'SHA256', checksumValue: each.sha256 }],
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: formatPurl(each, manifest.suite),
      },
    ],
  }));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${manifest.name}@${hash.slice(0, 12)}`,
    documentNamespace: `urn:relight:image:${manifest.name}:${hash}`,
    creationInfo: { created: formatTime(manifest.epoch), creators: [`Tool: relight-${manifest.relight}`] },
    packages: [
      {
        SPDXID: image,
        name: manifest.name,
        versionInfo: hash,
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        primaryPackagePurpose: 'OPERATING-SYSTEM',
        checksums: [{ algorithm: 'SHA256', checksumValue: manifest.filesystem.sha256 }],
      },
      ...packages,
    ],
    relationships: [
      relate('SPDXRef-DOCUMENT', 'DESCRIBES', image),
      ...packages.map(({ SPDXID }) => relate(image, 'CONTAINS', SPDXID)),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** @param hash SHA-256 of the manifest */
export function renderCycloneDx(manifest: ImageManifest, hash: string): string {
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${formatUuid(hash)}`,
    version: 1,
    metadata: {
      timestamp: formatTime(manifest.epoch),
      tools: { components: [{ type: 'application', name: 'relight', version: manifest.relight }] },
      component: {
        'bom-ref': `image:${hash}`,
        type: 'operating-system',
        name: manifest.name,
        version: hash,
        hashes: [{ alg: 'SHA-256', content: manifest.filesystem.sha256 }],
      },
    },
    components: manifest.packages.map((each) => ({
      'bom-ref': formatPurl(each, manifest.suite),
      type: 'library',
      name: each.name,
      version: each.version,
      purl: formatPurl(each, manifest.suite),
      hashes: [{ alg: 'SHA-256', content: each.sha256 }],
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function relate(from: string, relationshipType: string, to: string) {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

function formatPurl({ name, version, architecture }: ImagePackage, suite: string): string {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%3A', ':');
  return `pkg:deb/debian/${encode(name)}@${encode(version)}?arch=${encode(architecture)}&distro=${suite}`;
}

/** Seconds since 1970 as SPDX wants them: without fractions. */
function formatTime(epoch: number): string {
  return new Date(epoch * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A UUID of version 8 (RFC 9562) from the first 128 bits of a hash. */
function formatUuid(hash: string): string {
  const variant = '89ab'[Number.parseInt(hash[16] ?? '0', 16) % 4];
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
