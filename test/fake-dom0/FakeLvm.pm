package FakeLvm;
# Logical volumes as sparse files DIRECTORY/dev/GROUP/NAME. Messages and statuses of LVM 2.03.16.
use strict;
use warnings;
use Getopt::Long qw(GetOptionsFromArray :config no_ignore_case bundling no_auto_abbrev);
use List::Util qw(sum0);

my %commands = (
    lvs => \&list_volumes, vgs => \&list_groups, lvcreate => \&create, lvremove => \&remove,
    lvchange => \&change, lvrename => \&rename_volume, lvmconfig => \&config,
);

# Returns (status, standard output, standard error).
sub run {
    my ($world, $program, @words) = @_;
    my %o = (addtag => [], deltag => []);
    my $complaint = '';
    local $SIG{__WARN__} = sub { $complaint .= $_[0] };
    GetOptionsFromArray(\@words, \%o, 'addtag=s@', 'deltag=s@', 'name|n=s', 'size|L=s', 'virtualsize|V=s',
        'thinpool=s', 'wipesignatures|W=s', 'zero|Z=s', 'activate|a=s', 'yes|y', 'select|S=s', 'options|o=s',
        'reportformat=s', 'units=s', 'nosuffix', 'type=s', 'driverloaded=s')
        or return (3, '', lc($complaint =~ s/^Unknown option: (.*)/$program: unrecognized option '--$1'/r)
            . "  Error during parsing of command line.\n");
    for my $tag (@{$o{addtag}}, @{$o{deltag}}) {
        next if $tag =~ m{^[A-Za-z0-9_+./=!:&#][A-Za-z0-9_+./=!:&#-]*$};
        return (3, '', "  Invalid argument for --addtag: $tag\n  Error during parsing of command line.\n");
    }
    return $commands{$program}->($world, \%o, @words);
}

sub list_volumes {
    my ($world, $o, @targets) = @_;
    my ($volumes, $error) = find_volumes($world, $o, @targets);
    my @fields = split /,/, $o->{options};
    my @rows;
    for my $volume (@$volumes) {
        push @rows, { map { $_ => volume_field($world, $volume, $_) } @fields };
    }
    return ($error eq '' ? 0 : 5, report('lv', \@fields, @rows), $error);
}

sub list_groups {
    my ($world, $o, @targets) = @_;
    my $groups = $world->{state}{groups};
    my $error = join '', map { exists $groups->{$_} ? '' : missing_group($_) } @targets;
    my @names = @targets ? grep { exists $groups->{$_} } @targets : sort keys %$groups;
    my @fields = split /,/, $o->{options};
    my @rows;
    for my $name (@names) {
        my $group = $groups->{$name};
        my %value = (vg_name => $name, vg_uuid => $group->{uuid}, vg_size => $group->{size}, vg_attr => 'wz--n-',
            vg_free => free_bytes($world, $name), vg_extent_size => $group->{extent});
        push @rows, { map { $_ => $value{$_} // '' } @fields };
    }
    return ($error eq '' ? 0 : 5, report('vg', \@fields, @rows), $error);
}

sub create {
    my ($world, $o, $group) = @_;
    my $state = $world->{state};
    my $name = $o->{name};
    return (5, '', missing_group($group)) unless exists $state->{groups}{$group};
    return (3, '', "  Names starting \"$1\" are reserved. Please choose a different LV name.\n"
        . "  Run `lvcreate --help' for more information.\n") if $name =~ /^(snapshot|pvmove)/;
    return (3, '', "  Logical volume name \"$name\" is invalid.\n  Run `lvcreate --help' for more information.\n")
        unless $name =~ /^[A-Za-z0-9_+.][A-Za-z0-9_+.-]*$/;
    my ($bytes) = ($o->{virtualsize} // $o->{size} // '') =~ /^(\d+)b$/
        or return (3, '', "  Invalid argument for --size\n  Error during parsing of command line.\n");
    if ($bytes % 512) {
        my ($low, $high) = ($bytes - $bytes % 512, $bytes - $bytes % 512 + 512);
        return (3, '', "  Size is not a multiple of 512. Try using $low or $high.\n"
            . "  Invalid argument for --size: ${bytes}b\n  Error during parsing of command line.\n");
    }
    return (5, '', "  Logical Volume \"$name\" already exists in volume group \"$group\"\n")
        if exists $state->{volumes}{"$group/$name"};
    my $pool = $o->{thinpool};
    return (5, '', "  Pool $pool not found in Volume group $group.\n")
        if defined $pool && !exists $state->{volumes}{"$group/$pool"};
    my $extent = $state->{groups}{$group}{extent};
    my $extents = int(($bytes + $extent - 1) / $extent);
    my $free = free_bytes($world, $group) / $extent;
    return (5, '', "  Volume group \"$group\" has insufficient free space ($free extents): $extents required.\n")
        if !defined $pool && $extents > $free;
    my %tags = map { $_ => 1 } @{$o->{addtag}};
    $state->{volumes}{"$group/$name"} = {
        group => $group, name => $name, uuid => make_uuid($state), size => $extents * $extent, tags => [sort keys %tags],
        pool => $pool, active => 1,
    };
    make_device($world, $group, $name, $extents * $extent, defined $pool);
    return (0, "  Logical volume \"$name\" created.\n", '');
}

sub remove {
    my ($world, $o, @targets) = @_;
    return (3, '', "  No command with matching syntax recognised.  Run 'lvremove --help' for more information.\n")
        unless @targets;
    my ($volumes, $error) = find_volumes($world, $o, @targets);
    my $out = '';
    for my $volume (@$volumes) {
        my $full = "$volume->{group}/$volume->{name}";
        if (is_open($world, $volume)) { $error .= "  Logical volume $full in use.\n"; next }
        unlink device($world, $volume->{group}, $volume->{name});
        delete $world->{state}{volumes}{$full};
        $out .= "  Logical volume \"$volume->{name}\" successfully removed.\n";
    }
    return ($error eq '' ? 0 : 5, $out, $error);
}

sub change {
    my ($world, $o, @targets) = @_;
    my ($volumes, $error) = find_volumes($world, $o, @targets);
    my $out = '';
    for my $volume (@$volumes) {
        my %tags = map { $_ => 1 } @{$volume->{tags}};
        delete @tags{@{$o->{deltag}}};
        $tags{$_} = 1 for @{$o->{addtag}};
        $volume->{tags} = [sort keys %tags];
        $volume->{active} = $o->{activate} eq 'n' ? 0 : 1 if defined $o->{activate};
        $out .= "  Logical volume $volume->{group}/$volume->{name} changed.\n"
            if @{$o->{addtag}} + @{$o->{deltag}};
    }
    return ($error eq '' ? 0 : 5, $out, $error);
}

sub rename_volume {
    my ($world, $o, $group, $from, $to) = @_;
    my $volumes = $world->{state}{volumes};
    return (5, '', "  Existing logical volume \"$from\" not found in volume group \"$group\"\n")
        unless exists $volumes->{"$group/$from"};
    return (5, '', "  Logical Volume \"$to\" already exists in volume group \"$group\"\n")
        if exists $volumes->{"$group/$to"};
    my $volume = $volumes->{"$group/$to"} = delete $volumes->{"$group/$from"};
    rename device($world, $group, $from), device($world, $group, $to) or die "rename: $!";
    $volume->{name} = $to;
    return (0, "  Renamed \"$from\" to \"$to\" in volume group \"$group\"\n", '');
}

sub config {
    my ($world, $o, @keys) = @_;
    return "@keys" eq 'devices/dir' ? (0, "dir=\"$world->{root}/dev\"\n", '') : (5, '', "  Configuration node @keys not found\n");
}

# The volumes that the targets name and --select admits, and the complaints about the others.
sub find_volumes {
    my ($world, $o, @targets) = @_;
    my $volumes = $world->{state}{volumes};
    my ($error, @found) = ('');
    @targets = sort keys %{$world->{state}{groups}} unless @targets;
    for my $target (map { s{^\Q$world->{root}\E/dev/}{}r } @targets) {
        my ($group, $name) = split m{/}, $target, 2;
        if (!exists $world->{state}{groups}{$group}) { $error .= missing_group($group) }
        elsif (!defined $name) { push @found, map { $volumes->{$_} } grep { m{^\Q$group\E/} } sort keys %$volumes }
        elsif (!exists $volumes->{$target}) { $error .= "  Failed to find logical volume \"$target\"\n" }
        else { push @found, $volumes->{$target} }
    }
    return ([grep { is_selected($_, $o->{select}) } @found], $error);
}

# A conjunction of lv_uuid=, lv_name= and lv_tags= (one tag); no more is used.
sub is_selected {
    my ($volume, $selection) = @_;
    for my $clause (split /\s*&&\s*/, $selection // '') {
        my ($field, $value) = $clause =~ /^(lv_uuid|lv_name|lv_tags)=\{?"?([^{}"]*)"?\}?$/ or die "selection: $clause";
        my @values = $field eq 'lv_tags' ? @{$volume->{tags}} : $volume->{$field =~ s/^lv_//r};
        return 0 unless grep { $_ eq $value } @values;
    }
    return 1;
}

sub volume_field {
    my ($world, $volume, $field) = @_;
    my $thin = defined $volume->{pool};
    my %value = (
        lv_name => $volume->{name}, vg_name => $volume->{group}, lv_uuid => $volume->{uuid},
        lv_path => device($world, $volume->{group}, $volume->{name}), lv_size => $volume->{size},
        lv_tags => join(',', @{$volume->{tags}}), pool_lv => $volume->{pool} // '',
        lv_attr => ($volume->{is_pool} ? 't' : $thin ? 'V' : '-') . 'wi-' . ($volume->{active} ? 'a' : '-')
            . (is_open($world, $volume) ? 'o' : '-') . ($thin || $volume->{is_pool} ? 'tz--' : '----'),
        data_percent => $volume->{is_pool} ? $volume->{used} // '0.00' : '',
        metadata_percent => $volume->{is_pool} ? $volume->{metadata_used} // '10.00' : '',
    );
    return $value{$field} // die "field: $field";
}

# The JSON of LVM's own writer, space for space.
sub report {
    my ($kind, $fields, @rows) = @_;
    my $text = join(",\n", map {
        my $row = $_;
        ' ' x 18 . '{' . join(', ', map { "\"$_\":\"$row->{$_}\"" } @$fields) . '}'
    } @rows);
    $text .= "\n" if $text ne '';
    return "  {\n      \"report\": [\n          {\n              \"$kind\": [\n$text"
        . "              ]\n          }\n      ]\n  }\n";
}

# Open: a running domain has it, or a loop device does.
sub is_open {
    my ($world, $volume) = @_;
    my $path = device($world, $volume->{group}, $volume->{name});
    return 1 if grep { $_ eq $path } map { $_->{target} } map { @{$_->{disks}} } FakeXl::live_domains($world);
    for my $backing (glob '/sys/block/loop*/loop/backing_file') {
        open my $file, '<', $backing or next;
        chomp(my $name = <$file> // '');
        return 1 if $name eq $path;
    }
    return 0;
}

sub free_bytes {
    my ($world, $group) = @_;
    my $volumes = $world->{state}{volumes};
    my @own = grep { $_->{group} eq $group && !defined $_->{pool} } values %$volumes;
    return $world->{state}{groups}{$group}{size} - sum0(map { $_->{size} } @own);
}

sub make_device {
    my ($world, $group, $name, $size, $thin) = @_;
    mkdir "$world->{root}/dev/$group";
    my $path = device($world, $group, $name);
    open my $file, '>', $path or die "$path: $!";
    truncate $file, $size or die "$path: $!";
    return if $thin;
    # lvcreate wipes signatures; further on the extents are as the volume before left them.
    seek $file, 65536, 0;
    print $file 'an old file system';
}

# UUIDs count up, in LVM's spelling, so that a run can be compared with another.
sub make_uuid {
    my ($state) = @_;
    my $number = sprintf '%032d', ++$state->{uuids};
    return join '-', unpack 'A6 A4 A4 A4 A4 A4 A6', $number;
}

sub device { return "$_[0]{root}/dev/$_[1]/$_[2]" }

sub missing_group { return "  Volume group \"$_[0]\" not found\n  Cannot process volume group $_[0]\n" }

1;
