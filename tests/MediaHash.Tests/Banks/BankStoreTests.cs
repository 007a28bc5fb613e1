using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

/// <summary>The banks on a redis-server of their own, emptied for each test: versions are counted, and one test kills the server.</summary>
public sealed class BankStoreTests(OwnRedis redis) : IClassFixture<OwnRedis>, IAsyncLifetime
{
    private static readonly CancellationToken Now = CancellationToken.None;
    private EmptyBanks _banks = null!; // set by InitializeAsync

    private BankStore Store => _banks.Store;

    private IDatabase Database => _banks.Database;

    public async ValueTask InitializeAsync() => _banks = await EmptyBanks.OpenAsync(redis.Server);

    public ValueTask DisposeAsync() => _banks.DisposeAsync();

    [Fact]
    public async Task TryCatchUp_sees_what_another_replica_added_and_removed()
    {
        var (catalogue, feed) = NewReplica();
        Assert.False(feed.IsLoaded);
        Assert.True(await feed.TryCatchUpAsync(Now));
        Assert.True(feed.IsLoaded);
        var added = await Store.AddAsync(Entry("e1"));
        Assert.Equal(1, added.Version);
        await feed.TryCatchUpAsync(Now);
        Assert.Equal((1, 1L), (catalogue.Count, catalogue.Version));
        Assert.Equal(2, await Store.RemoveAsync(Entry("e1").Key, "tester"));
        await feed.TryCatchUpAsync(Now);
        Assert.Equal((0, 2L), (catalogue.Count, catalogue.Version));
    }

    [Fact]
    public async Task TryCatchUp_new_replica_loads_all_rows()
    {
        for (var i = 0; i < 40; i++)
            await Store.AddAsync(Entry("e" + i));
        await Store.RemoveAsync(Entry("e7").Key, "tester");
        var (catalogue, feed) = NewReplica();
        await feed.TryCatchUpAsync(Now);
        Assert.Equal((39, 41L), (catalogue.Count, catalogue.Version));
        Assert.Equal(Entry("e3"), catalogue.Find(Entry("e3").Key));
        Assert.Null(catalogue.Find(Entry("e7").Key));
    }

    [Fact]
    public async Task TryCatchUp_behind_the_trimmed_stream_loads_again()
    {
        var (catalogue, feed) = NewReplica();
        await Store.AddAsync(Entry("old"));
        await feed.TryCatchUpAsync(Now);
        await Store.RemoveAsync(Entry("old").Key, "tester");
        await Store.AddAsync(Entry("new"));
        await Database.StreamTrimAsync(KeySpace.BankChanges, 1);
        await feed.TryCatchUpAsync(Now);
        Assert.Equal([Entry("new")], catalogue.List("bank", "", 10));
        Assert.Equal(3, catalogue.Version);
    }

    [Fact]
    public async Task TryCatchUp_store_put_back_forgets_what_it_no_longer_has()
    {
        var (catalogue, feed) = NewReplica();
        await Store.AddAsync(Entry("e1"));
        await Store.AddAsync(Entry("e2"));
        await feed.TryCatchUpAsync(Now);
        await _banks.ForgetAllAsync();
        await Store.AddAsync(Entry("e3"));
        await feed.TryCatchUpAsync(Now);
        Assert.Equal([Entry("e3")], catalogue.List("bank", "", 10));
    }

    [Fact]
    public async Task TryCatchUp_store_down_says_so_and_goes_on_later()
    {
        var (catalogue, feed) = NewReplica();
        await Store.AddAsync(Entry("e1"));
        await feed.TryCatchUpAsync(Now);
        await redis.Server.KillAsync();
        Assert.False(await feed.TryCatchUpAsync(Now));
        Assert.Equal(1, catalogue.Count);
        await redis.Server.StartAgainAsync();
        while (!await feed.TryCatchUpAsync(Now))
            await Task.Yield();
        Assert.Equal(1, catalogue.Count);
    }

    [Fact]
    public async Task AddAsync_again_keeps_the_first_and_publishes_nothing()
    {
        var first = await Store.AddAsync(Entry("e1"));
        var again = await Store.AddAsync(Entry("e1") with { Note = "later", CreateTime = DateTimeOffset.UnixEpoch.AddDays(1) });
        Assert.Equal(first, again);
        Assert.Equal(1, await Store.ReadVersionAsync());
    }

    [Fact]
    public async Task AddAsync_other_content_is_a_conflict_until_the_entry_is_removed()
    {
        var other = Entry("e1") with { Value = new string('b', 32) };
        await Store.AddAsync(Entry("e1"));
        Assert.Null((await Store.AddAsync(other)).Entry);
        await Store.RemoveAsync(other.Key, "tester");
        Assert.Equal(other, (await Store.AddAsync(other)).Entry);
    }

    [Fact]
    public async Task AddAsync_after_a_crash_before_publishing_is_finished_by_the_retry()
    {
        await Store.AddAsync(Entry("e1"));
        await PretendCrashBeforePublishing("0");
        var (catalogue, feed) = NewReplica();
        var retried = await Store.AddAsync(Entry("e1"));
        Assert.Equal((Entry("e1"), 1L), (retried.Entry, retried.Version));
        await feed.TryCatchUpAsync(Now);
        Assert.Equal(1, catalogue.Count);
    }

    [Fact]
    public async Task LoadAsync_finishes_an_adding_for_the_replicas_that_run()
    {
        var (running, runningFeed) = NewReplica();
        await runningFeed.TryCatchUpAsync(Now);
        await Store.AddAsync(Entry("e1"));
        await PretendCrashBeforePublishing("0");
        await runningFeed.TryCatchUpAsync(Now);
        Assert.Equal(0, running.Count);
        var (loaded, loadedFeed) = NewReplica();
        await loadedFeed.TryCatchUpAsync(Now);
        await runningFeed.TryCatchUpAsync(Now);
        Assert.Equal((1, 1), (loaded.Count, running.Count));
    }

    [Fact]
    public async Task LoadAsync_finishes_a_removal_for_the_replicas_that_run()
    {
        var (running, runningFeed) = NewReplica();
        await Store.AddAsync(Entry("e1"));
        await runningFeed.TryCatchUpAsync(Now);
        await RewriteVersion("-1");
        var (loaded, loadedFeed) = NewReplica();
        await loadedFeed.TryCatchUpAsync(Now);
        await runningFeed.TryCatchUpAsync(Now);
        Assert.Equal((0, 0), (loaded.Count, running.Count));
        Assert.Null(await Store.RemoveAsync(Entry("e1").Key, "tester"));
    }

    [Fact]
    public async Task AddAsync_and_RemoveAsync_at_once_leave_rows_and_replicas_agreeing()
    {
        var (running, feed) = NewReplica();
        await feed.TryCatchUpAsync(Now);
        var random = new Random(5);
        for (var round = 0; round < 30; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 12).Select<int, Task>(_ =>
                random.Next(2) == 0 ? Store.AddAsync(Entry("e" + random.Next(3))) : Store.RemoveAsync(Entry("e" + random.Next(3)).Key, "tester")));
            await feed.TryCatchUpAsync(Now);
            var (loaded, loadedFeed) = NewReplica();
            await loadedFeed.TryCatchUpAsync(Now);
            Assert.Equal(loaded.List("bank", "", 10), running.List("bank", "", 10));
        }
        Assert.True(running.Version > 30);
    }

    private async Task PretendCrashBeforePublishing(string version)
    {
        await RewriteVersion(version);
        await Database.KeyDeleteAsync([KeySpace.BankVersion]);
        await Database.KeyDeleteAsync([KeySpace.BankChanges]);
    }

    private async Task RewriteVersion(string version)
    {
        for (var prefix = 0; prefix < BankStore.Prefixes; prefix++)
        {
            foreach (var field in await Database.HashGetAllAsync(KeySpace.BankRows(prefix)))
            {
                if (field.Name == "#")
                    continue;
                var row = (byte[])field.Value!; // a field has a value
                var first = Array.IndexOf(row, (byte)' ');
                var second = Array.IndexOf(row, (byte)' ', first + 1);
                byte[] changed = [.. row.AsSpan(0, first + 1), .. System.Text.Encoding.ASCII.GetBytes(version), .. row.AsSpan(second)];
                await Database.HashSetAsync(KeySpace.BankRows(prefix), field.Name, changed);
            }
        }
    }

    private (BankCatalogue Catalogue, BankFeedStore Feed) NewReplica()
    {
        var catalogue = new BankCatalogue();
        var off = new BankSnapshotStore(Store, catalogue, Options.Create(new SnapshotOptions()), TimeProvider.System, NullLogger<BankSnapshotStore>.Instance);
        return (catalogue, new BankFeedStore(Store, catalogue, off, TimeProvider.System));
    }

    private static BankEntry Entry(string id) => new(
        new BankEntryKey("bank", id), HarmCategory.Hate, HashKind.Md5, new string('a', 32), "test", "a\nnote with \0 and spaces", "tester",
        DateTimeOffset.UnixEpoch);
}
