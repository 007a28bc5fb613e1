using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Lifecycle;

public sealed class ErasureTests(LoopFixture loop) : IClassFixture<LoopFixture>
{
    private static string TextOf(string account) => "a sentence of " + string.Concat(account.Reverse());

    private static string AppealOf(string account) => "an appeal of " + string.Concat(account.Reverse());

    private async Task<Erasure> EraseAsync(string tenant, string account, string request = "e1")
        => (await loop.Data.EraseAccountAsync(new EraseAccountRequest { AccountId = account, RequestId = request }, loop.AsService(tenant))).Erasure;

    private async Task<Erasure> RunAsync(string tenant, Erasure erasure, int replica = 0)
    {
        while (await loop.Part<AccountErasure>(replica).StepAsync(CancellationToken.None))
        {
        }

        return (await loop.Data.GetErasureAsync(new GetErasureRequest { ErasureId = erasure.ErasureId }, loop.AsService(tenant))).Erasure;
    }

    private async Task<List<(string Kind, JsonElement Data)>> ExportAsync(string tenant, string account, Metadata? headers = null)
    {
        using var call = loop.Data.ExportAccount(new ExportAccountRequest { AccountId = account }, headers ?? loop.AsService(tenant));
        var bytes = new List<byte>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal((byte)'\n', part.Ndjson[^1]);
            bytes.AddRange(part.Ndjson);
        }

        var lines = System.Text.Encoding.UTF8.GetString([.. bytes]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal("end", lines[^1].GetProperty("kind").GetString());
        return [.. lines.Select(l => (l.GetProperty("kind").GetString()!, l.GetProperty("data")))]; // each line has a kind
    }

    /// <summary>An account with some of everything, so that an erasure which leaves something out is found.</summary>
    private async Task<Decision> FillAsync(string tenant, string account, string prefix)
    {
        var removed = await loop.RemoveAsync(tenant, account, prefix + "-removed", text: TextOf(account));
        var held = loop.Request(tenant, account, prefix + "-held", "", 1, TextOf(account));
        held.Text.Scores.Add(new CategoryScore { Category = Contracts.V1.HarmCategory.Hate, Score = 0.99f });
        Assert.NotEmpty((await loop.DecideAsync(held)).ReviewTaskId);
        await loop.PassAsync(tenant, account, prefix + "-passed");
        await loop.PassAsync(tenant, account, prefix + "-withdrawn");
        await loop.Enforcement.RecordWithdrawalAsync(new RecordWithdrawalRequest { TenantId = tenant, PostId = prefix + "-withdrawn", AccountId = account }, loop.AsService());
        await loop.Appeals.FileAppealAsync(new FileAppealRequest { DecisionId = removed.DecisionId, Text = AppealOf(account) }, loop.AsService(tenant));
        await loop.Effects.ReportEffectAsync(
            new ReportEffectRequest { DecisionId = removed.DecisionId, Reports = { new EffectReport { Kind = EffectKind.NoticeDelivered } } }, loop.AsService(tenant));
        await loop.Review.DeclareConflictAsync(new DeclareConflictRequest { TenantId = tenant, AccountId = account }, loop.AsPerson("sister@test"));
        var shard = loop.ShardOf(tenant, account);
        await loop.Database.HashSetAsync(KeySpace.Counters(shard, tenant, account), "m:c", 4);
        await loop.Database.StringSetAsync(KeySpace.Media(tenant, held.Facts.MediaIds[0]), "fingerprints");
        var quarantined = new IntakeRecord { TenantId = tenant, Post = new Post { PostId = prefix + "-stuck", AccountId = account, Text = TextOf(account) } };
        await loop.Database.StreamAddAsync(KeySpace.Quarantine(shard), [new NameValueEntry("r", quarantined.ToByteArray()), new NameValueEntry("reason", "broken")]);
        return removed;
    }

    private static void AssertGone(Dictionary<string, string> dump, string account)
    {
        Assert.DoesNotContain(dump, d => d.Key.Contains(account, StringComparison.Ordinal) || d.Value.Contains(account, StringComparison.Ordinal));
        Assert.DoesNotContain(dump, d => d.Value.Contains(TextOf(account), StringComparison.Ordinal) || d.Value.Contains(AppealOf(account), StringComparison.Ordinal));
    }

    [Fact]
    public async Task EraseAccount_leaves_nothing_that_names_the_account_and_everyone_else_as_they_were()
    {
        var (tenant, account) = (loop.NewTenant(), "ann-whose-name-is-nowhere-else");
        await FillAsync(tenant, account, "theirs");
        await loop.Part<PostFingerprintStore>().KeepAsync(
            tenant, account, "looked-back-at", 1, new PostFingerprints { Revision = 1 }.ToByteArray(), loop.Time.GetUtcNow(), days: 30);
        var shard = loop.ShardOf(tenant, account);
        // Someone in the same shard, and someone of the same name elsewhere.
        var neighbour = Enumerable.Range(0, 100_000).Select(i => $"neighbour-{i}").First(n => loop.ShardOf(tenant, n) == shard);
        var other = loop.NewTenant();
        await loop.RemoveAsync(tenant, neighbour, "neighbours");
        await loop.RemoveAsync(other, "ben", "bens");
        var standing = await loop.StandingAsync(tenant, neighbour);
        var (events, audited) = (await loop.Database.StreamLengthAsync(KeySpace.Outbox(shard, tenant)), await loop.Database.StreamRangeAsync(KeySpace.Audit(shard)));
        Assert.Contains(await loop.DumpAsync(), d => d.Value.Contains(TextOf(account), StringComparison.Ordinal));

        var done = await RunAsync(tenant, await EraseAsync(tenant, account));
        Assert.Equal(ErasureState.Done, done.State);
        Assert.Empty(done.Kept);
        var counts = done.Erased.ToDictionary(e => e.Kind, e => e.Count);
        Assert.True(counts["decision"] >= 4 && counts["post"] == 4 && counts["task"] >= 2, done.ToString());
        Assert.Equal((1, 1, 2, 2), (counts["appeal"], counts["conflict"], counts["intake"], counts["ledger"]));
        Assert.Equal(1, counts["post-fingerprints"]);
        Assert.True(counts["event"] >= 2, done.ToString());
        AssertGone(await loop.DumpAsync(), account);

        Assert.Equivalent(standing, await loop.StandingAsync(tenant, neighbour), strict: true);
        Assert.Single((await loop.StandingAsync(other, "ben")).Strikes);
        // The cursor of a watcher is as good as before, and the chain is whole.
        var left = await loop.Database.StreamRangeAsync(KeySpace.Outbox(shard, tenant));
        Assert.Equal(events, left.Length);
        Assert.Equal(Enumerable.Range(1, left.Length).Select(i => $"{i}-0"), left.Select(e => e.Id.ToString()));
        Assert.Equal(counts["event"], (await loop.EventsAsync(tenant, shard)).Count(e => e.Erased is not null));
        var chain = await loop.Database.StreamRangeAsync(KeySpace.Audit(shard));
        Assert.Equal(audited.Select(a => (a.Id, a["a"])), chain.Take(audited.Length).Select(a => (a.Id, a["a"])));
        var action = Assert.Single(await loop.ActionsAsync(shard), a => a.Action == "account.erased" && a.ObjectId == done.ErasureId); // other tests share shards
        Assert.Equal(32, action.ContentHash.Length);
    }

    [Fact]
    public async Task EraseAccount_killed_at_any_step_goes_on_elsewhere()
    {
        var tenant = loop.NewTenant();
        // One erasure for each number of steps that the first replica lives.
        for (var steps = 0; steps < 9; steps++)
        {
            var account = $"killed-after-{steps}-steps";
            await FillAsync(tenant, account, $"k{steps}"); // the audit keeps ids of posts
            var erasure = await EraseAsync(tenant, account);
            var dying = new AccountErasure(
                loop.Part<ErasureStore>(), loop.Part<AccountTrailStore>(), loop.Part<IEnumerable<IAccountHolding>>(), loop.Part<LegalHoldStore>(), loop.Time,
                loop.Part<Microsoft.Extensions.Logging.ILogger<AccountErasure>>());
            for (var i = 0; i < steps; i++)
            {
                Assert.True(await dying.StepAsync(CancellationToken.None));
            }

            Assert.Equal(ErasureState.Done, (await RunAsync(tenant, erasure, replica: 1)).State);
            AssertGone(await loop.DumpAsync(), account);
        }
    }

    [Fact]
    public async Task EraseAccount_killed_within_a_step_goes_on_elsewhere()
    {
        var (tenant, account) = (loop.NewTenant(), "killed-within-a-step");
        await FillAsync(tenant, account, "within");
        var erasure = await EraseAsync(tenant, account);
        // Each kind was erased, and the replica died before it could note any of it; posts, the last, only in part.
        var trail = await loop.Part<AccountTrailStore>().FindAsync(tenant, account);
        foreach (var holding in loop.Part<IEnumerable<IAccountHolding>>())
        {
            await holding.EraseAsync(holding.Kind == "post" ? trail with { Posts = [.. trail.Posts.Take(1)] } : trail);
        }

        Assert.Equal(ErasureState.Done, (await RunAsync(tenant, erasure, replica: 1)).State);
        AssertGone(await loop.DumpAsync(), account);
    }

    [Fact]
    public async Task EraseAccount_twice_is_one_erasure_and_another_request_finds_nothing_left()
    {
        var (tenant, account) = (loop.NewTenant(), "asked-for-twice");
        await FillAsync(tenant, account, "twice");
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => EraseAsync(tenant, account)));
        Assert.Single(asked.Select(e => e.ErasureId).Distinct());
        var done = await RunAsync(tenant, asked[0]);
        Assert.Equal(done, await EraseAsync(tenant, account));
        Assert.Single(await loop.ActionsAsync(loop.ShardOf(tenant, account)), a => a.Action == "account.erased" && a.ObjectId == done.ErasureId);
        var again = await RunAsync(tenant, await EraseAsync(tenant, account, "e2"));
        Assert.NotEqual(done.ErasureId, again.ErasureId);
        Assert.Equal(0, again.Erased.Sum(e => e.Count));
        var stranger = await Assert.ThrowsAsync<RpcException>(async () => await loop.Data.GetErasureAsync(
            new GetErasureRequest { ErasureId = done.ErasureId }, loop.AsService(loop.NewTenant())));
        Assert.Equal(ErrorReason.ErasureNotFound, RpcErrors.ReasonOf(stranger));
    }

    [Fact]
    public async Task EraseAccount_waits_for_what_is_in_flight()
    {
        var (tenant, account) = (loop.NewTenant(), "still-in-flight");
        var shard = loop.ShardOf(tenant, account);
        var entry = await loop.Database.StreamAddAsync(
            KeySpace.Posts(shard), "r", new IntakeRecord { TenantId = tenant, Post = new Post { PostId = "flying", AccountId = account, Text = TextOf(account) } }.ToByteArray());
        var erasure = await RunAsync(tenant, await EraseAsync(tenant, account));
        Assert.Equal(ErasureState.Running, erasure.State);
        await loop.RemoveAsync(tenant, account, "flying", text: TextOf(account)); // it lands
        await loop.Database.StreamDeleteAsync(KeySpace.Posts(shard), [entry]);
        loop.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ErasureState.Done, (await RunAsync(tenant, erasure)).State);
        AssertGone(await loop.DumpAsync(), account);
    }

    [Fact]
    public async Task EraseAccount_keeps_a_suspension_in_force_and_nothing_else_and_says_so()
    {
        var (tenant, account) = (loop.NewTenant(), "suspended-and-erased");
        await loop.RemoveAsync(tenant, account, "s1");
        loop.Time.Advance(TimeSpan.FromHours(25));
        var second = await loop.RemoveAsync(tenant, account, "s2");
        var suspension = Assert.Single(second.Measures, m => m.Kind == Contracts.V1.MeasureKind.SuspendAccount);
        var done = await RunAsync(tenant, await EraseAsync(tenant, account));
        var kept = Assert.Single(done.Kept);
        Assert.Equal(("ledger", 1, KeptReason.ActiveMeasure, suspension.EndTime), (kept.Kind, kept.Count, kept.Reason, kept.EndTime));
        var (level, measures, strikes) = await loop.StandingAsync(tenant, account);
        Assert.Equal((0, 0), (level, strikes.Count));
        Assert.Contains("SuspendAccount", Assert.Single(measures));
        var key = KeySpace.Ledger(loop.ShardOf(tenant, account), tenant, account);
        var dump = await loop.DumpAsync();
        Assert.Equal([key], dump.Where(d => d.Key.Contains(account, StringComparison.Ordinal) || d.Value.Contains(account, StringComparison.Ordinal)).Select(d => d.Key));
        Assert.DoesNotContain("s2", dump[key]);
        Assert.DoesNotContain("f-s", dump[key]);
        // Its end is the measure's.
        loop.Time.Advance(TimeSpan.FromHours(25));
        Assert.Empty((await loop.StandingAsync(tenant, account)).Measures);
        while (await loop.Part<RetentionSweeper>().StepAsync(CancellationToken.None))
        {
        }

        Assert.False(await loop.Database.KeyExistsAsync(key));
    }

    [Fact]
    public async Task EraseAccount_waits_for_a_legal_hold_and_then_goes_on_by_itself()
    {
        var (tenant, account) = (loop.NewTenant(), "held-and-erased");
        await FillAsync(tenant, account, "held");
        var hold = (await loop.Data.SetLegalHoldAsync(
            new SetLegalHoldRequest
            {
                TenantId = tenant,
                AccountId = account,
                LegalGround = "Case 1",
                RequestId = "h1",
                EndTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(loop.Time.GetUtcNow().AddDays(100)),
            },
            loop.AsPerson())).Hold;
        var erasure = await RunAsync(tenant, await EraseAsync(tenant, account));
        Assert.Equal(ErasureState.Waiting, erasure.State);
        Assert.NotEmpty(await ExportAsync(tenant, account));
        Assert.Contains(await loop.DumpAsync(), d => d.Value.Contains(TextOf(account), StringComparison.Ordinal));
        await loop.Data.ReleaseLegalHoldAsync(new ReleaseLegalHoldRequest { HoldId = hold.HoldId }, loop.AsPerson());
        await loop.Part<LegalHoldKeeper>().StepAsync(CancellationToken.None);
        loop.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(ErasureState.Done, (await RunAsync(tenant, erasure)).State);
        AssertGone(await loop.DumpAsync(), account);
    }

    [Fact]
    public async Task ExportAccount_has_every_kind_of_the_account_and_nobody_elses()
    {
        var tenant = loop.NewTenant();
        var removed = await FillAsync(tenant, "exported", "mine");
        await loop.RemoveAsync(tenant, "not-exported", "not-mine");
        await loop.RemoveAsync(loop.NewTenant(), "exported", "elsewhere");
        var records = await ExportAsync(tenant, "exported");
        string[] kinds = ["account", "appeal", "counters", "decision", "effects", "end", "facts", "ledger", "post", "quarantine", "task", "text"];
        Assert.Equal(kinds, records.Select(r => r.Kind).Distinct().Order(StringComparer.Ordinal));
        var decisions = records.Where(r => r.Kind == "decision").ToList();
        Assert.All(decisions, d => Assert.Equal("exported", d.Data.GetProperty("accountId").GetString()));
        var shown = decisions.Single(d => d.Data.GetProperty("decisionId").GetString() == removed.DecisionId).Data;
        Assert.Equal(removed.Notice.Body, shown.GetProperty("notice").GetProperty("body").GetString());
        Assert.Equal(removed.Statement.Items.Count, shown.GetProperty("statement").GetProperty("items").GetArrayLength());
        Assert.Contains(records, r => r.Kind == "text" && r.Data.GetProperty("text").GetString() == TextOf("exported"));
        Assert.Contains(records, r => r.Kind == "appeal" && r.Data.GetProperty("text").GetString() == AppealOf("exported"));
        var all = string.Join('\n', records.Select(r => r.Data.GetRawText()));
        Assert.DoesNotContain("not-mine", all);
        Assert.DoesNotContain("elsewhere", all);
        Assert.DoesNotContain("entry-1", all); // what matched would teach evasion
        Assert.DoesNotContain("sister@test", all);
        Assert.Equal(["account", "end"], (await ExportAsync(tenant, "nobody")).Select(r => r.Kind));
        var denied = await Assert.ThrowsAsync<RpcException>(async () => await ExportAsync(tenant, "exported", await loop.AsPlatformAsync(tenant, Scope.Read)));
        Assert.Equal(ErrorReason.ScopeDenied, RpcErrors.ReasonOf(denied));
    }
}
