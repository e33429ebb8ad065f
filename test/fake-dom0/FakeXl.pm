package FakeXl;
# Domains as entries of the state. Messages and statuses of xl 4.17 (strings of the program, tools/xl/xl_*.c).
# scenario.json says what a domain does: {"domains": {NAME: {console, ready, ending, afterMs, delayMs, ignoreShutdown}}}.
use strict;
use warnings;
use JSON::PP;
use Time::HiRes qw(time sleep);

my $json = JSON::PP->new->canonical->utf8->indent->indent_length(4)->space_before(0)->space_after;
my %commands = (
    list => \&list, create => \&create, shutdown => \&shut_down, destroy => \&destroy, domid => \&domid,
    info => \&info, console => \&console, unpause => \&unpause,
);

# Returns (status, standard output, standard error, what is still to wait for).
sub run {
    my ($world, $program, @words) = @_;
    my $dry = 0;
    while (@words && $words[0] =~ /^-/) { $dry = 1 if shift(@words) =~ /N/ }
    my $command = shift @words // '';
    return (1, '', "command not implemented\n") unless exists $commands{$command};
    reap($world);
    my %flags;
    my @plain;
    while (defined(my $word = shift @words)) {
        if ($word eq '-t' || $word eq '-n') { $flags{$word} = shift @words }
        elsif ($word =~ /^-/) { $flags{$word} = 1 }
        else { push @plain, $word }
    }
    $flags{'-N'} = 1 if $dry;
    return $commands{$command}->($world, \%flags, @plain);
}

# Domains that exist; those whose time has come are gone, or lie there as crashed.
sub live_domains { return @{$_[0]{state}{domains}} }

sub reap {
    my ($world) = @_;
    my @left;
    for my $domain (live_domains($world)) {
        my $over = defined $domain->{endsAt} && time >= $domain->{endsAt};
        if (!$over) { push @left, $domain; next }
        my $action = $domain->{$domain->{ending} eq 'crash' ? 'on_crash' : 'on_poweroff'} // 'destroy';
        next if $action ne 'preserve';
        $domain->{flags} = $domain->{ending} eq 'crash' ? '----c-' : '---s--';
        push @left, $domain;
    }
    $world->{state}{domains} = \@left;
}

sub find {
    my ($world, $name) = @_;
    my ($domain) = grep { $_->{name} eq $name || $_->{id} eq $name } live_domains($world);
    return $domain;
}

sub invalid { return (1, '', "$_[0] is an invalid domain identifier (rc=-6)\n") }

sub list {
    my ($world, $flags, $name) = @_;
    my $dom0 = { id => 0, name => 'Domain-0', memory => 1024, vcpus => 2, flags => 'r-----', dom0 => 1 };
    my @domains = defined $name ? find($world, $name) // return invalid($name) : ($dom0, live_domains($world));
    return (0, $json->encode([map { long_entry($_) } @domains]), '') if $flags->{'-l'};
    my $out = "Name                                        ID   Mem VCPUs\tState\tTime(s)\n";
    for my $domain (@domains) {
        $out .= sprintf "%-40s %5d %5d %5d     %s  %8.1f\n", $domain->{name}, $domain->{id}, $domain->{memory},
            $domain->{vcpus}, $domain->{flags}, 1.5;
    }
    return (0, $out, '');
}

sub long_entry {
    my ($domain) = @_;
    return { domid => $domain->{id}, config => {
        c_info => { type => 'pv', name => 'Domain-0' }, b_info => { max_memkb => $domain->{memory} * 1024 },
    } } if $domain->{dom0};
    return { domid => $domain->{id}, config => {
        c_info => { type => $domain->{type}, name => $domain->{name}, uuid => $domain->{uuid} },
        b_info => { max_vcpus => $domain->{vcpus}, max_memkb => $domain->{memory} * 1024, %{$domain->{boot}} },
        disks => [map { { pdev_path => $_->{target}, vdev => $_->{vdev}, format => 'raw', readwrite => 1 } } @{$domain->{disks}}],
        nics => $domain->{nics},
    } };
}

sub create {
    my ($world, $flags, $path) = @_;
    my $state = $world->{state};
    my $head = "Parsing config from $path\n";
    open my $file, '<', $path
        or return (3, '', "Failed to read config file: $path: No such file or directory\n");
    my $text = do { local $/; <$file> };
    my $config = parse_config($text) // return (1, '', "${head}Failed to parse config: Invalid argument\n");
    my $name = $config->{name} // return (1, '', "${head}Domain name must be specified.\n");
    return (1, '', "${head}Neither kernel nor bootloader specified\n")
        if ($config->{type} // 'pv') ne 'hvm' && !grep { defined $config->{$_} } qw(kernel bootloader firmware);
    return (0, $json->encode($config), $head) if $flags->{'-N'} || $flags->{'-n'};
    return (3, '', "${head}libxl: error: libxl_create.c:1237:initiate_domain_create: Domain with name \"$name\" already exists.\n")
        if find($world, $name);
    my $id = $state->{nextDomain}++;
    my @disks;
    for my $disk (@{$config->{disk} // []}) {
        # target= takes the rest of the string, commas and all (xl-disk-configuration(5)).
        my ($keys, $target) = $disk =~ /^(.*?),?target=(.*)$/;
        my %part = ((map { /^([a-z]+)=(.*)$/ ? ($1, $2) : () } split /,/, $keys // ''), target => $target // '');
        # libxlu_disk_l.l knows these alone.
        my ($unknown) = grep { !/^(target|format|vdev|access|devtype|backend|backendtype|script)$/ } sort keys %part;
        return (1, '', "$head$path: config parsing error in disk specification: unknown parameter: near `$unknown=' in `$disk'\n")
            if defined $unknown;
        return (3, '', "${head}libxl: error: libxl_device.c:398:libxl__device_disk_set_backend: Domain $id:Disk vdev=$part{vdev} failed to stat: $part{target}: No such file or directory\n")
            unless -e $part{target};
        push @disks, { vdev => $part{vdev}, target => $part{target} };
    }
    my $used = 0;
    $used += $_->{memory} for live_domains($world);
    my $memory = $config->{memory} // 128;
    return (3, '', "${head}libxl: error: libxl_domain.c:1234:libxl_domain_need_memory: failed to free memory for the domain\n")
        if $memory + $used > $state->{memoryMiB};
    my $domain = {
        id => $id, name => $name, uuid => $config->{uuid} // '', type => $config->{type} // 'pv', memory => $memory,
        vcpus => $config->{vcpus} // 1, flags => '-b----', disks => \@disks, config => $path,
        nics => [map { read_vif($_) } @{$config->{vif} // []}], boot => read_boot($config),
        on_poweroff => $config->{on_poweroff} // 'destroy', on_crash => $config->{on_crash} // 'destroy',
    };
    $domain->{ending} = 'run';
    push @{$state->{domains}}, $domain;
    if ($flags->{'-p'}) { $domain->{flags} = '--p---' }
    else { let_run($world, $domain, $text) }
    return (0, '', $head);
}

sub read_vif {
    my %part = map { /^([a-z]+)=(.*)$/ ? ($1, $2) : () } split /,/, $_[0];
    return { devid => 0, map { defined $part{$_} ? ($_ => $part{$_}) : () } qw(mac bridge gatewaydev) };
}

sub read_boot {
    my ($config) = @_;
    my %boot = map { defined $config->{$_} ? ($_ => $config->{$_}) : () } qw(kernel bootloader);
    my %bios = (bios => 'seabios', uefi => 'ovmf', ovmf => 'ovmf');
    $boot{'type.hvm'} = { bios => $bios{$config->{firmware} // 'bios'} } if ($config->{type} // '') eq 'hvm';
    return \%boot;
}

# From here on the domain does what the scenario says.
sub let_run {
    my ($world, $domain, $text) = @_;
    my $plot = $world->{scenario}{domains}{$domain->{name}} // {};
    $domain->{flags} = '-b----';
    $domain->{ending} = $plot->{ending} // 'run';
    $domain->{endsAt} = time + ($plot->{afterMs} // 0) / 1000 + ($plot->{delayMs} // 0) / 1000
        if $domain->{ending} ne 'run';
    play_console($world, $domain, $plot, $text);
}

# A domain that runs already is left as it is.
sub unpause {
    my ($world, $flags, $name) = @_;
    my $domain = find($world, $name) // return invalid($name);
    return (0, '', '') if $domain->{flags} ne '--p---';
    open my $file, '<', $domain->{config} or die "$domain->{config}: $!";
    my $text = do { local $/; <$file> };
    let_run($world, $domain, $text);
    return (0, '', '');
}

# What the guest says. A delay is played by a process of its own, which lives no longer than that.
sub play_console {
    my ($world, $domain, $plot, $config) = @_;
    my $nonce = find_nonce($world, $config);
    my @lines = @{$plot->{console} // ["[    0.000000] Linux version 6.12.0-fake", "Welcome to Debian GNU/Linux!"]};
    my %facts = (v => 1, state => 'running', hostname => $domain->{name} =~ s/~.*//r, kernel => '6.12.0-fake',
        guest_type => uc $domain->{type}, virtualization => 'xen', clock => 'xen', mounts => ['/'], failed => [],
        addresses => [], modules => ['xen_blkfront', 'xen_netfront'], %{$plot->{facts} // {}});
    push @lines, "relight-ready $nonce " . JSON::PP->new->canonical->utf8->encode(\%facts)
        if ($plot->{ready} // 1) && $nonce ne '';
    my $text = join '', map { s/\$\{nonce\}/$nonce/gr . "\r\n" } @lines;
    my $write = sub {
        for my $path ("$world->{root}/log/guest-$domain->{name}.log", "$world->{root}/log/$domain->{id}.console") {
            open my $log, '>>', $path or die "$path: $!";
            syswrite $log, $text;
        }
    };
    return $write->() unless $plot->{delayMs};
    my $child = fork // die "fork: $!";
    return if $child;
    # Like xl's own monitor it goes to the background, but it lets go of what it inherited.
    require POSIX;
    POSIX::setsid();
    POSIX::close($_) for 0 .. 63;
    sleep $plot->{delayMs} / 1000;
    $write->();
    POSIX::_exit(0);
}

# The nonce stands in the header of the configuration, or where the scenario says: {"nonceFrom": {glob, pattern}}.
sub find_nonce {
    my ($world, $config) = @_;
    return $1 if $config =~ /^# relight: .*"nonce":"([^"]+)"/m;
    my $from = $world->{scenario}{nonceFrom} // return '';
    my @files = sort { (stat $b)[9] <=> (stat $a)[9] } glob $from->{glob};
    for my $path (@files) {
        open my $file, '<', $path or next;
        my $text = do { local $/; <$file> };
        return $1 if $text =~ /$from->{pattern}/;
    }
    return '';
}

sub shut_down {
    my ($world, $flags, $name) = @_;
    my $domain = find($world, $name) // return invalid($name);
    my $ignored = $world->{scenario}{domains}{$domain->{name}}{ignoreShutdown};
    my $id = $domain->{id};
    my $head = "Shutting down domain $id\n";
    $domain->{ending} = 'poweroff' unless $ignored;
    $domain->{endsAt} = time unless $ignored;
    return (0, '', $head) unless $flags->{'-w'};
    my $later = sub {
        my ($lock_state) = @_;
        print STDERR "Waiting for 1 domains\n";
        sleep 0.05 while $lock_state->(sub { reap($world); find($world, $id) ? 1 : 0 });
        print STDERR "Domain $id has been shut down, reason code 0\n";
        return 0;
    };
    return (0, '', $head, $later);
}

sub destroy {
    my ($world, $flags, $name) = @_;
    my $domain = find($world, $name) // return invalid($name);
    $world->{state}{domains} = [grep { $_->{id} != $domain->{id} } live_domains($world)];
    return (0, '', '');
}

sub domid {
    my ($world, $flags, $name) = @_;
    my $domain = find($world, $name);
    return (0, "$domain->{id}\n", '') if $domain;
    return (1, '', "Can't get domid of domain name '$name', maybe this domain does not exist.\n");
}

sub info {
    my ($world) = @_;
    my $used = 0;
    $used += $_->{memory} for live_domains($world);
    my @rows = (
        [host => 'fake'], [release => '6.1.0-fake'], [machine => 'x86_64'], [nr_cpus => 2],
        [virt_caps => 'pv hvm hap'], [total_memory => $world->{state}{memoryMiB} + 1024],
        [free_memory => $world->{state}{memoryMiB} - $used], [xen_major => 4], [xen_minor => 17], [xen_extra => '.5'],
        [xen_version => '4.17.5'], [xen_caps => 'xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 '],
        [xen_commandline => 'placeholder dom0_mem=1024M'],
    );
    return (0, join('', map { sprintf "%-23s: %s\n", @$_ } @rows), '');
}

# Follows the console until the domain is gone.
sub console {
    my ($world, $flags, $name) = @_;
    my $domain = find($world, $name) // return invalid($name);
    my $later = sub {
        my ($lock_state) = @_;
        my $at = 0;
        while (1) {
            my $alive = $lock_state->(sub { reap($world); find($world, $domain->{id}) ? 1 : 0 });
            if (open my $log, '<', "$world->{root}/log/$domain->{id}.console") {
                seek $log, $at, 0;
                while (defined(my $line = <$log>)) { print $line }
                $at = tell $log;
            }
            return 0 unless $alive;
            sleep 0.1;
        }
    };
    return (0, '', '', $later);
}

# The part of xl's grammar that a careful writer uses; undef where the real parser stops.
sub parse_config {
    my ($text) = @_;
    # xl itself ends the last line; without it a comment there would be a lexical error.
    $text .= "\n";
    return undef if $text =~ /\r|^\xEF\xBB\xBF/;
    my $string = qr/"((?:[^"\\\n]|\\[\\"'abfnrtv])*)"|'((?:[^'\\\n]|\\[\\"'abfnrtv])*)'/;
    my %config;
    pos($text) = 0;
    while (pos($text) < length $text) {
        next if $text =~ /\G(?:[ \t\n;]+|#[^\n]*\n)/gc;
        $text =~ /\G([a-z][._0-9a-z]*)[ \t]*=[ \t]*/gc or return undef;
        my $key = $1;
        if ($text =~ /\G$string/gc) { $config{$key} = unescape($1 // $2) }
        elsif ($text =~ /\G(\d[0-9a-fx]*)/gc) { $config{$key} = $1 }
        elsif ($text =~ /\G\[/gc) {
            my @list;
            while ($text !~ /\G\s*\]/gc) {
                $text =~ /\G\s*$string\s*,?/gc or return undef;
                push @list, unescape($1 // $2);
            }
            $config{$key} = \@list;
        }
        else { return undef }
        $text =~ /\G[ \t]*(?:#[^\n]*)?(?:[\n;]|\z)/gc or return undef;
    }
    return \%config;
}

sub unescape { return $_[0] =~ s/\\([\\"'])/$1/gr }

1;
