using CsCheck;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Standing;

/// <summary>The ledger as it is stored, in a real Redis: what is read is what was added last, and each change has a version of its own.</summary>
public sealed class StoredLedgerTests : IAsyncLifetime
{
    private const string VersionScript = "--#include account_ledger.lua\nreturn ledger_version(KEYS[1])";
    private RedisServer _redis = null!; // set by InitializeAsync
    private ConnectionMultiplexer _store = null!; // as above

    private IDatabase Database => _store.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _store = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static LedgerRecord Record(int revision, int measures, bool confirms)
    {
        var record = new LedgerRecord { PostId = $"post-{revision}", Revision = revision, TimeMs = 1_800_000_000_000 + revision, Confirms = confirms ? "d_1_earlier" : "" };
        record.Measures.Add(Enumerable.Range(0, measures).Select(m => new LedgerMeasureRecord
        {
            Kind = Contracts.V1.MeasureKind.Remove,
            Category = Contracts.V1.HarmCategory.Hate,
            RuleId = $"hate.rule-{m}",
            ClauseId = "hate",
        }));
        return record;
    }

    private async Task<string> VersionInRedisAsync(string key)
        => (await Database.ScriptEvaluateAsync(EmbeddedScript.Expand(VersionScript), [key])).ToString();

    [Fact]
    public async Task What_is_read_is_what_was_written_last_and_no_version_comes_twice()
    {
        var change = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 40], Gen.Int[0, 12], Gen.Bool, Gen.Int[0, 6]);
        var run = 0;
        await change.List[1, 25].SampleAsync(
            async changes =>
            {
                var key = $"ledger-{Interlocked.Increment(ref run)}";
                var (expected, versions) = (new Dictionary<string, LedgerRecord>(), new HashSet<string> { "" });
                foreach (var (decision, revision, measures, confirms, rewrite) in changes)
                {
                    if (rewrite == 0 && expected.Count > 1)
                    {
                        expected.Remove(expected.Keys.First());
                        var before = StoredLedger.Read((byte[])(await Database.StringGetAsync(key))!);
                        await Database.StringSetAsync(key, StoredLedger.Anew(before.Version, [.. expected.Select(e => (e.Key, e.Value))]));
                    }
                    else
                    {
                        expected[$"d_1_{decision}"] = Record(revision, measures, confirms);
                        await Database.StringAppendAsync(key, StoredLedger.Frames([($"d_1_{decision}", expected[$"d_1_{decision}"])]));
                    }

                    var read = StoredLedger.Read((byte[])(await Database.StringGetAsync(key))!);
                    Assert.Equal(read.Version, await VersionInRedisAsync(key));
                    Assert.True(versions.Add(read.Version), $"version {read.Version} came twice");
                    Assert.Equal(
                        expected.OrderBy(e => e.Key).Select(e => LedgerMapping.ToEntry(e.Key, e.Value).ToString()),
                        read.Entries.OrderBy(e => e.DecisionId).Select(e => e.ToString()));
                    Assert.Equal(expected.Where(e => e.Value.Confirms.Length > 0).Select(e => e.Key).Order(), read.Confirms.Keys.Order());
                }
            },
            iter: 60, threads: 1);
        Assert.Equal("", await VersionInRedisAsync("none"));
    }

    [Fact]
    public async Task Rewrite_does_nothing_when_the_ledger_has_changed_and_keeps_its_end_unless_told_another()
    {
        var keys = new KeySpace(KeySpace.DefaultShardCount);
        await using var connection = new RedisConnectionStore(
            Microsoft.Extensions.Options.Options.Create(new RedisOptions { ConnectionString = _redis.ConnectionString }), keys,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<RedisConnectionStore>.Instance);
        var ledgers = new StandingLedger(connection, keys);
        RedisKey key = KeySpace.Ledger(keys.ShardOf("acme", "ann"), "acme", "ann");
        (string, LedgerRecord)[] both = [("d_1_a", Record(1, 1, false)), ("d_1_b", Record(2, 1, false))];
        await Database.StringSetAsync(key, StoredLedger.Frames(both), TimeSpan.FromHours(1));
        var version = (await ledgers.ReadAsync("acme", "ann")).Version;

        Assert.False(await ledgers.RewriteAsync("acme", "ann", version + "1", [both[1]]));
        Assert.Equal(2, (await ledgers.ReadAsync("acme", "ann")).Entries.Count);

        Assert.True(await ledgers.RewriteAsync("acme", "ann", version, [both[1]]));
        Assert.Equal("d_1_b", Assert.Single((await ledgers.ReadAsync("acme", "ann")).Entries).DecisionId);
        Assert.InRange((await Database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1)); // it has an end

        Assert.True(await ledgers.RewriteAsync("acme", "ann", (await ledgers.ReadAsync("acme", "ann")).Version, [both[0]], LedgerLifetime.Of(null)));
        Assert.Null(await Database.KeyTimeToLiveAsync(key));
        Assert.True(await ledgers.RewriteAsync("acme", "ann", (await ledgers.ReadAsync("acme", "ann")).Version, []));
        Assert.False(await Database.KeyExistsAsync(key));
    }
}
