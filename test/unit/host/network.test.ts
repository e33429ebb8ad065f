import { describe, expect, it } from 'vitest';
import { nameFirewallManager, nameNetworkManager } from '../../../src/host/network.ts';

const UFW = '# /etc/ufw/ufw.conf\n#\n\n# Set to yes to start on boot.\nENABLED=yes\n\nLOGLEVEL=low\n';

describe('who owns the firewall', () => {
  it.each([
    ['firewalld', ['firewalld.service'], undefined],
    ['shorewall', ['shorewall.service'], undefined],
    ['ufw', ['ufw.service'], UFW],
    // Debian starts ufw's unit whether ufw is on or off.
    [undefined, ['ufw.service'], UFW.replace('=yes', '=no')],
    [undefined, ['relight-networks.service'], undefined],
  ])('%s', (manager, active, ufw) => {
    expect(nameFirewallManager(active, ufw)).toBe(manager);
  });
});

describe('who configures the interfaces', () => {
  it.each([
    ['networkd', ['systemd-networkd.service'], 'auto lo\n'],
    ['NetworkManager', ['NetworkManager.service'], 'auto lo\n'],
    ['ifupdown', [], 'auto lo\n'],
    ['unknown', [], undefined],
  ])('%s', (manager, active, interfaces) => {
    expect(nameNetworkManager(active, interfaces)).toBe(manager);
  });
});
