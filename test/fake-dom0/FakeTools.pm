package FakeTools;
# What a rebuild runs besides xl and LVM. mmdebstrap makes a small root without a network, `chroot` does inside it what
# relight asks for, without entering it; the others are the real programs. All are counted and meet faults like xl does.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path);

my %acts = (mmdebstrap => \&mmdebstrap, chroot => \&in_root, 'apt-get' => sub { 0 });
my %real = map { $_ => 1 } qw(sfdisk mke2fs mkswap ssh-keygen sync blkid);

sub knows { return exists $acts{$_[0]} || exists $real{$_[0]} }

# `chroot tar` and `chroot useradd` are counted apart.
sub name_call { my ($program, @words) = @_; return $program eq 'chroot' ? "chroot $words[1]" : $program }

# unshare(1) as relight calls it: only the command counts, and entering a root becomes `chroot`.
sub leave_unshare {
    my @words = @_;
    while (@words && $words[0] =~ /^-/) {
        my $word = shift @words;
        last if $word eq '--';
        shift @words if $word eq '--propagation';
    }
    @words = ('chroot', @words[4 .. $#words]) if $words[0] eq '/bin/sh';
    exec @words or exit 127;
}

sub run {
    my ($world, $program, @words) = @_;
    return $acts{$program}->($world, @words) if exists $acts{$program};
    return spawn_real($program, @words);
}

sub spawn_real {
    my ($program, @words) = @_;
    my ($path) = grep { -x } map { "$_/$program" } qw(/usr/bin /usr/sbin /bin /sbin);
    return 127 unless defined $path;
    my $status = system { $path } $path, @words;
    return $status >> 8 || ($status & 127 ? 128 + ($status & 127) : 0);
}

sub put {
    my ($path, $text, $mode) = @_;
    make_path(dirname($path));
    open my $file, '>>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
    chmod $mode // 0644, $path;
}

sub mmdebstrap {
    my ($world, @words) = @_;
    my ($include) = map { /^--include=(.*)/ ? $1 : () } @words;
    my ($early) = map { /^--essential-hook=sync-in (.*) \/$/ ? $1 : () } @words;
    my ($suite, $root) = grep { !/^-/ } @words[1 .. $#words];
    print "I: running apt-get update...\n";
    mkdir $root, 0755 or die "$root: $!";
    make_path(map { "$root/$_" } qw(etc/ssh root proc sys run tmp boot var/lib/dpkg home usr/share/zoneinfo/Etc));
    put("$root/etc/os-release", "ID=debian\nVERSION_CODENAME=$suite\n");
    put("$root/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    put("$root/etc/group", "root:x:0:\nsudo:x:27:\n");
    put("$root/etc/shadow", "root:*:19000:0:99999:7:::\n", 0600);
    # As the real one does: options stay in the root, a proxy of this machine too.
    my @options = map { /^--aptopt=(.*)/ ? "$1;\n" : () } @words;
    put("$root/etc/apt/apt.conf.d/99mmdebstrap", join '', @options) if @options;
    my @names = split /,/, $include;
    put("$root/var/lib/dpkg/status", join '', map { "Package: $_\nStatus: install ok installed\n\n" } @names);
    put("$root/boot/vmlinuz-6.12.0-fake", 'kernel');
    put("$root/boot/initrd.img-6.12.0-fake", 'initrd');
    print 'I: installing remaining packages inside the chroot...', "\n0 upgraded, ", scalar @names, " newly installed\n";
    print "Unpacking $_ (1) ...\nSetting up $_ (1) ...\n" for @names;
    return spawn_real('cp', '-a', "$early/.", $root) if defined $early;
    return 0;
}

sub in_root {
    my ($world, $root, $command, @words) = @_;
    my $in_home = "$root/home";
    if ($command eq 'rm') { unlink map { "$root$_" } grep { m{^/} } @words }
    elsif ($command eq 'tar') { return spawn_real('tar', map { s{^--directory=/}{--directory=$root/}r } @words) }
    elsif ($command eq 'sh') { }
    elsif ($command eq '/bin/sh') { put("$root/var/log/run", "$words[1]\n") }
    elsif ($command eq 'useradd') { add_user($root, @words) }
    elsif ($command eq 'chpasswd') { set_password($root) }
    elsif ($command eq 'systemctl') {
        my $wants = "$root/etc/systemd/system/multi-user.target.wants";
        make_path($wants);
        for my $unit (grep { /[.]service$/ } @words) { symlink "/usr/lib/systemd/system/$unit", "$wants/$unit" }
    }
    elsif ($command eq 'lsinitramfs') {
        print map { "usr/lib/modules/6.12.0-fake/kernel/drivers/$_.ko.xz\n" } qw(xen-blkfront xen-netfront virtio_blk);
    }
    elsif ($command eq 'grub-mkimage') {
        my ($output) = map { $words[$_] eq '-o' ? $words[$_ + 1] : () } 0 .. $#words;
        put("$root$output", "\0" x 40960);
    }
    else { print STDERR "the fake chroot does not know $command\n"; return 127 }
    return 0;
}

sub add_user {
    my ($root, @words) = @_;
    my $name = $words[-1];
    put("$root/etc/passwd", "$name:x:1000:1000::/home/$name:/bin/bash\n");
    put("$root/etc/shadow", "$name:*:19000:0:99999:7:::\n", 0600);
    make_path("$root/home/$name");
    return unless grep { $_ eq 'sudo' } @words;
    edit("$root/etc/group", sub { s/^(sudo:x:27:).*$/$1$name/mr });
}

sub set_password {
    my ($root) = @_;
    for my $line (<STDIN>) {
        my ($name, $hash) = $line =~ /^([^:]+):(.+)$/ or next;
        edit("$root/etc/shadow", sub { s/^\Q$name\E:[^:]*/$name:$hash/mr });
    }
}

sub edit {
    my ($path, $change) = @_;
    open my $file, '<', $path or die "$path: $!";
    local $_ = do { local $/; <$file> };
    my $text = $change->();
    unlink $path;
    put($path, $text, $path =~ /shadow/ ? 0600 : 0644);
}

1;
