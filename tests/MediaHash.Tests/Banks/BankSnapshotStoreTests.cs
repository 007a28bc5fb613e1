using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Banks.Compact;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

/// <summary>Snapshots of banks on a redis-server of their own, emptied for each test.</summary>
public sealed class BankSnapshotStoreTests(OwnRedis redis) : IClassFixture<OwnRedis>, IAsyncLifetime
{
    private static readonly CancellationToken Now = CancellationToken.None;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snapshots-");
    private EmptyBanks _banks = null!; // set by InitializeAsync

    private BankStore Store => _banks.Store;

    private IDatabase Database => _banks.Database;

    private string SnapshotPath => Path.Combine(_folder.FullName, "banks");

    public async ValueTask InitializeAsync() => _banks = await EmptyBanks.OpenAsync(redis.Server);

    public async ValueTask DisposeAsync()
    {
        await _banks.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Start_with_a_snapshot_reads_no_rows_and_catches_up_from_its_version()
    {
        await WriteAsync("e1", "e2");
        await Store.AddAsync(Entry("e3"));
        await Store.RemoveAsync(Entry("e1").Key, "tester");
        await _banks.ForgetRowsAsync(); // so that reading them would show
        using var replica = NewReplica();
        Assert.False(replica.Feed.IsLoaded);
        Assert.True(await replica.Feed.TryCatchUpAsync(Now));
        Assert.True(replica.Feed is { IsLoaded: true, IsFromSnapshot: true });
        Assert.Equal([Entry("e2"), Entry("e3")], replica.Catalogue.List("bank", "", 10));
        Assert.Equal(4, replica.Catalogue.Version);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SnapshotPath));
    }

    [Fact]
    public async Task Start_is_not_loaded_before_the_changes_since_the_snapshot_are_in()
    {
        await WriteAsync("e1");
        await Store.AddAsync(Entry("e2"));
        using var replica = NewReplica();
        await redis.Server.KillAsync();
        Assert.False(await replica.Feed.TryCatchUpAsync(Now));
        Assert.False(replica.Feed.IsLoaded);
        Assert.Null(replica.Feed.CatchUpTime);
        await redis.Server.StartAgainAsync();
        while (!await replica.Feed.TryCatchUpAsync(Now))
            await Task.Yield();
        Assert.True(replica.Feed.IsLoaded);
        Assert.Equal(2, replica.Catalogue.Count);
    }

    [Fact]
    public Task Start_behind_the_trimmed_stream_reads_all() => IsIgnoredAsync("no longer reaches back", async () =>
    {
        await Store.AddAsync(Entry("new"));
        await Database.StreamTrimAsync(KeySpace.BankChanges, 1);
    });

    [Fact]
    public Task Start_with_a_store_that_was_put_back_reads_all() => IsIgnoredAsync("was put back", async () =>
    {
        await _banks.ForgetRowsAsync();
        await Database.KeyDeleteAsync([KeySpace.BankVersion, KeySpace.BankChanges]);
        await Store.AddAsync(Entry("new"));
    });

    [Fact]
    public Task Start_with_a_store_that_was_put_back_and_went_on_reads_all() => IsIgnoredAsync("was another change", async () =>
    {
        await _banks.ForgetRowsAsync();
        await Database.KeyDeleteAsync([KeySpace.BankVersion, KeySpace.BankChanges]);
        for (var i = 0; i < 5; i++)
            await Store.AddAsync(Entry("other" + i));
    });

    [Fact]
    public Task Start_with_another_store_reads_all() => IsIgnoredAsync("is of the banks", async () =>
    {
        await _banks.ForgetAllAsync();
        for (var i = 0; i < 5; i++)
            await Store.AddAsync(Entry("other" + i));
    });

    [Fact]
    public Task Start_with_a_damaged_snapshot_reads_all() => IsIgnoredAsync("checksum", async () =>
    {
        var bytes = await File.ReadAllBytesAsync(SnapshotPath, Now);
        bytes[^40] ^= 4;
        await File.WriteAllBytesAsync(SnapshotPath, bytes, Now);
    });

    [Fact]
    public Task Start_with_another_format_reads_all() => IsIgnoredAsync("format", async () =>
    {
        var bytes = await File.ReadAllBytesAsync(SnapshotPath, Now);
        bytes[SnapshotFormat.MagicLength]++;
        await File.WriteAllBytesAsync(SnapshotPath, bytes, Now);
    });

    [Fact]
    public async Task Death_while_writing_leaves_the_last_snapshot_and_the_next_writing_works()
    {
        await WriteAsync("e1");
        var whole = await File.ReadAllBytesAsync(SnapshotPath, Now);
        // What a writer that died half-way leaves: some of the new file, and the old one as it was.
        await File.WriteAllBytesAsync(BankSnapshotStore.NewPathOf(SnapshotPath), whole.AsMemory(0, whole.Length / 2), Now);
        using var replica = NewReplica();
        await replica.Feed.TryCatchUpAsync(Now);
        Assert.True(replica.Feed.IsFromSnapshot);
        await Store.AddAsync(Entry("e2"));
        await replica.Feed.TryCatchUpAsync(Now);
        Assert.True(await replica.Snapshots.TryWriteAsync());
        Assert.False(File.Exists(BankSnapshotStore.NewPathOf(SnapshotPath)));
        using var next = NewReplica();
        await next.Feed.TryCatchUpAsync(Now);
        Assert.Equal((true, 2), (next.Feed.IsFromSnapshot, next.Catalogue.Count));
    }

    [Fact]
    public async Task Writing_removes_what_another_replica_left_half_written_long_ago_and_nothing_else()
    {
        string Left(string name, double hours)
        {
            var path = Path.Combine(_folder.FullName, name);
            File.WriteAllText(path, "half");
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours));
            return path;
        }

        var (old, young, other) = (Left("banks.pod-1.new", 2), Left("banks.pod-2.new", 0.1), Left("other.new", 50));
        await WriteAsync("e1");
        Assert.Equal((false, true, true), (File.Exists(old), File.Exists(young), File.Exists(other)));
    }

    [Fact]
    public async Task Writing_that_fails_is_said_and_leaves_the_last_snapshot()
    {
        await WriteAsync("e1");
        using var replica = NewReplica();
        await replica.Feed.TryCatchUpAsync(Now);
        Directory.CreateDirectory(BankSnapshotStore.NewPathOf(SnapshotPath)); // no file can be made of that name
        Assert.False(await replica.Snapshots.TryWriteAsync());
        Assert.Contains("can't be written", Assert.Single(replica.Log.Warnings), StringComparison.Ordinal);
        using var next = NewReplica();
        await next.Feed.TryCatchUpAsync(Now);
        Assert.True(next.Feed.IsFromSnapshot);
    }

    [Fact]
    public async Task Changes_while_it_is_written_are_in_it_or_come_with_the_catching_up()
    {
        using var replica = NewReplica();
        var adding = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await Store.AddAsync(Entry("e" + i));
                if (i % 3 == 0)
                    await Store.RemoveAsync(Entry("e" + i).Key, "tester");
            }
        });
        var written = 0;
        do
        {
            await replica.Feed.TryCatchUpAsync(Now);
            Assert.True(await replica.Snapshots.TryWriteAsync());
            using var next = NewReplica();
            await next.Feed.TryCatchUpAsync(Now);
            Assert.True(next.Feed.IsFromSnapshot);
            Assert.True(next.Catalogue.Version >= replica.Catalogue.Version);
            written++;
        }
        while (!adding.IsCompleted);
        await adding;
        await _banks.ForgetRowsAsync();
        using var last = NewReplica();
        await last.Feed.TryCatchUpAsync(Now);
        Assert.Equal(200, last.Catalogue.Count);
        Assert.True(written > 0);
    }

    [Fact]
    public async Task IsDue_after_enough_changes_or_time()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await Store.AddAsync(Entry("e1"));
        using var replica = NewReplica(new SnapshotOptions { Path = SnapshotPath, Minutes = 10, Changes = 2 }, clock);
        await replica.Feed.TryCatchUpAsync(Now);
        Assert.True(replica.Snapshots.IsDue);
        await replica.Snapshots.TryWriteAsync();
        Assert.False(replica.Snapshots.IsDue);
        await Store.AddAsync(Entry("e2"));
        await replica.Feed.TryCatchUpAsync(Now);
        Assert.False(replica.Snapshots.IsDue);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.True(replica.Snapshots.IsDue);
        await replica.Snapshots.TryWriteAsync();
        await Store.AddAsync(Entry("e3"));
        await Store.AddAsync(Entry("e4"));
        await replica.Feed.TryCatchUpAsync(Now);
        Assert.True(replica.Snapshots.IsDue);
    }

    [Fact]
    public async Task FinishAsync_finishes_what_a_crash_left_half_done()
    {
        await Store.AddAsync(Entry("e1"));
        var prefix = KeySpace.BankRows(BankStore.PrefixOf(Entry("e1").Key));
        var row = (string)(await Database.HashGetAsync(prefix, Entry("e1").Key.ToString()))!;
        await Database.HashSetAsync(prefix, Entry("e1").Key.ToString(), row.Replace(" 1 ", " 0 ", StringComparison.Ordinal));
        await foreach (var _ in Store.FinishAsync(Now))
        {
            // All of them.
        }
        Assert.Equal(2, await Store.ReadVersionAsync());
        Assert.True((await Store.FindAsync(Entry("e1").Key))!.IsPublished); // it is there
    }

    [Fact]
    public async Task ReadIdAsync_is_the_same_for_all()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.ReadIdAsync()));
        Assert.Single(ids.Distinct());
        Assert.NotEmpty(ids[0]);
    }

    // A snapshot of two entries, then what makes it useless: the replica says why, and has what the store has.
    private async Task IsIgnoredAsync(string reason, Func<Task> spoil)
    {
        await WriteAsync("e1", "e2");
        await spoil();
        using var replica = NewReplica();
        Assert.True(await replica.Feed.TryCatchUpAsync(Now));
        Assert.True(replica.Feed is { IsLoaded: true, IsFromSnapshot: false });
        Assert.Contains(reason, Assert.Single(replica.Log.Warnings), StringComparison.Ordinal);
        var rows = new List<BankEntry>();
        await foreach (var some in Store.FinishAsync(Now))
            rows.AddRange(some.Select(row => row.Entry));
        Assert.Equal(rows.OrderBy(entry => entry.Key.EntryId, StringComparer.Ordinal), replica.Catalogue.List("bank", "", 10));
        Assert.NotEmpty(rows);
    }

    private async Task WriteAsync(params string[] ids)
    {
        foreach (var id in ids)
            await Store.AddAsync(Entry(id));
        using var replica = NewReplica();
        await replica.Feed.TryCatchUpAsync(Now);
        Assert.True(await replica.Snapshots.TryWriteAsync());
    }

    private Replica NewReplica(SnapshotOptions? options = null, TimeProvider? time = null) =>
        new(Store, options ?? new SnapshotOptions { Path = SnapshotPath }, time ?? TimeProvider.System);

    private static BankEntry Entry(string id) => new(
        new BankEntryKey("bank", id), HarmCategory.Hate, HashKind.Md5, new string('a', 32), "test", "", "tester", DateTimeOffset.UnixEpoch);

    private sealed class Replica : IDisposable
    {
        public Replica(BankStore store, SnapshotOptions options, TimeProvider time)
        {
            Snapshots = new BankSnapshotStore(store, Catalogue, Options.Create(options), time, Log);
            Feed = new BankFeedStore(store, Catalogue, Snapshots, time);
        }

        public BankCatalogue Catalogue { get; } = new();

        public WarningLog<BankSnapshotStore> Log { get; } = new();

        public BankSnapshotStore Snapshots { get; }

        public BankFeedStore Feed { get; }

        public void Dispose()
        {
            Feed.Dispose();
            Snapshots.Dispose();
        }
    }
}
