using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Lifecycle;

public sealed class RetentionTests(LoopFixture loop) : IClassFixture<LoopFixture>
{
    private async Task<SweepReport> SweepAsync(int replica = 0)
    {
        // From the beginning, whatever another test has left half done.
        await loop.Database.KeyDeleteAsync(KeySpace.Sweep);
        GetRetentionResponse answer;
        do
        {
            await loop.Part<RetentionSweeper>(replica).StepAsync(CancellationToken.None);
            answer = await loop.Data.GetRetentionAsync(new GetRetentionRequest(), loop.AsPerson());
        }
        while (answer.LastSweep is null);
        return answer.LastSweep;
    }

    private async Task<LegalHold> HoldAsync(string tenant, string account, int days, string request = "h1")
        => (await loop.Data.SetLegalHoldAsync(
            new SetLegalHoldRequest
            {
                TenantId = tenant,
                AccountId = account,
                LegalGround = "Case 1",
                RequestId = request,
                EndTime = Timestamp.FromDateTimeOffset(loop.Time.GetUtcNow().AddDays(days)),
            },
            loop.AsPerson())).Hold;

    [Fact]
    public void Table_has_a_row_for_every_key_of_a_shard()
    {
        var patterns = RetentionTable.Rules.Select(r => r.Key).ToHashSet();
        Assert.Equal(patterns.Count + 1, RetentionTable.Rules.Length); // decisions have two rows
        foreach (var method in typeof(KeySpace).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => m.ReturnType == typeof(string) && m.GetParameters() is [{ Name: "shard" }, ..]))
        {
            var key = (string)method.Invoke(null, [17, .. method.GetParameters().Skip(1).Select(p => (object)$"<{p.Name}>")])!; // no key is null
            Assert.Contains(key.Replace("{m:17}", "{m:n}", StringComparison.Ordinal), patterns);
        }
    }

    [Theory]
    [InlineData("Retention:WithMeasure", "1200.00:00:00")]
    [InlineData("Retention:LedgerEntry", "10.00:00:00")]
    [InlineData("Retention:Outbox", "365.00:00:00")]
    public async Task Setting_outside_its_bounds_ends_the_start_and_is_named(string setting, string value)
    {
        await using var replica = loop.NewReplica((setting, value));
        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => replica.StartAsync());
        Assert.Contains(setting, wrong.Message);
    }

    [Theory]
    [InlineData("- { kind: a, key: b, source: c, ended_by: magic }", "magic")]
    [InlineData("- { kind: a, key: b, source: c, ended_by: sweep, minimum: 7d, maximum: 6d }", "minimum")]
    [InlineData("- { kind: a, key: b, source: c, ended_by: sweep, minimum: week }", "week")]
    [InlineData("- { kind: a, key: b, ended_by: sweep }", "source")]
    public void Table_with_a_wrong_row_is_refused(string yaml, string message)
        => Assert.Contains(message, Assert.Throws<InvalidDataException>(() => RetentionTable.Read(yaml)).Message);

    [Fact]
    public async Task GetRetention_tells_what_is_configured_and_why_and_only_to_those_of_the_whole_installation()
    {
        var rows = (await loop.Data.GetRetentionAsync(new GetRetentionRequest(), loop.AsPerson())).Rows.ToDictionary(r => r.Kind);
        Assert.Equal(TimeSpan.FromDays(214), rows["decision-with-measure"].Configured.ToTimeSpan());
        Assert.Equal("Retention:WithMeasure", rows["decision-with-measure"].Setting);
        Assert.Null(rows["audit"].Configured);
        Assert.All(rows.Values, r => Assert.NotEmpty(r.Source));
        Assert.All(rows.Values.Where(r => r.Configured is not null), r =>
        {
            Assert.True(r.Minimum is null || r.Configured.ToTimeSpan() >= r.Minimum.ToTimeSpan(), r.Kind);
            Assert.True(r.Maximum is null || r.Configured.ToTimeSpan() <= r.Maximum.ToTimeSpan(), r.Kind);
        });
        var denied = await Assert.ThrowsAsync<RpcException>(async () => await loop.Data.GetRetentionAsync(new GetRetentionRequest(), loop.AsPerson("ann@test", "acme")));
        Assert.Equal(ErrorReason.TenantDenied, RpcErrors.ReasonOf(denied));
    }

    [Fact]
    public async Task Sweep_removes_ledger_entries_that_matter_no_more_unless_they_are_held()
    {
        var tenant = loop.NewTenant();
        foreach (var account in new[] { "swept", "held" })
        {
            await loop.RemoveAsync(tenant, account, "of-" + account);
            // The removal and the warning end, so that only the strike is left to expire.
            await loop.Enforcement.MakeDecisionAsync(
                new MakeDecisionRequest { TenantId = tenant, RequestId = account, PostId = "of-" + account, Verdict = new Contracts.V1.Verdict { Rationale = "Fine." } },
                loop.AsPerson());
        }

        await loop.RemoveAsync(tenant, "swept", "in-force");
        await HoldAsync(tenant, "held", 700);
        await SweepAsync();
        Assert.Equal(2, (await loop.Part<StandingLedger>().ReadAsync(tenant, "swept")).Entries.Count);
        loop.Time.Advance(TimeSpan.FromDays(215));
        var report = await SweepAsync();
        Assert.True(report.HeldCount >= 1);
        Assert.Contains(report.Removed, r => r.Kind == "ledger" && r.Count >= 1);
        Assert.Single((await loop.Part<StandingLedger>().ReadAsync(tenant, "swept")).Entries);
        Assert.Single((await loop.Part<StandingLedger>().ReadAsync(tenant, "held")).Entries);
        Assert.Contains("in-force", Assert.Single((await loop.StandingAsync(tenant, "swept")).Measures, m => m.Contains("Remove", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sweep_removes_what_names_a_decision_that_is_gone()
    {
        var (tenant, account) = (loop.NewTenant(), "gone");
        var request = loop.Request(tenant, account, "p1", "swept-entry", 1, "text");
        request.Media.Matches[0].Category = Contracts.V1.HarmCategory.ChildSexualExploitation; // removed, and reviewed
        var decision = await loop.DecideAsync(request);
        var stays = await loop.RemoveAsync(tenant, account, "p2", "swept-entry");
        var appeal = (await loop.Appeals.FileAppealAsync(new FileAppealRequest { DecisionId = decision.DecisionId, Text = "please" }, loop.AsService(tenant))).Appeal;
        var shard = loop.ShardOf(tenant, account);
        await loop.Database.KeyDeleteAsync(KeySpace.Decision(shard, decision.DecisionId));
        var report = await SweepAsync();
        Assert.Superset(new HashSet<string> { "by-evidence", "by-rule", "task", "appeal" }, report.Removed.Select(r => r.Kind).ToHashSet());
        Assert.Equal([stays.DecisionId], (await loop.Database.SetMembersAsync(KeySpace.ByEvidence(shard, "fraud/swept-entry"))).Select(m => m.ToString()));
        Assert.Equal(0, await loop.Database.SortedSetLengthAsync(KeySpace.ByRule(shard, tenant, "child-safety.same")));
        Assert.Equal(TaskStates.Closed, await loop.Database.HashGetAsync(KeySpace.ReviewTask(shard, decision.ReviewTaskId), "s"));
        Assert.Null(await loop.Database.SortedSetScoreAsync(KeySpace.ReviewQueue(shard, tenant, "child-safety"), decision.ReviewTaskId));
        var read = (await loop.Appeals.GetAppealAsync(new GetAppealRequest { AppealId = appeal.AppealId }, loop.AsService(tenant))).Appeal;
        Assert.Equal(AppealState.Moot, read.State);
        Assert.DoesNotContain("please", (await loop.DumpAsync())[KeySpace.Appeal(shard, appeal.AppealId)]);
        await loop.Database.KeyDeleteAsync(KeySpace.ReviewTask(shard, decision.ReviewTaskId));
        Assert.DoesNotContain((await SweepAsync(replica: 1)).Removed, r => r.Kind is "by-evidence" or "task" or "appeal");
    }

    [Fact]
    public async Task Sweep_trims_old_events_and_keeps_the_last_one()
    {
        var tenant = loop.NewTenant();
        var key = KeySpace.Outbox(loop.ShardOf(tenant, "ann"), tenant);
        for (var i = 0; i < 3; i++)
        {
            await loop.RemoveAsync(tenant, "ann", $"old-{i}");
            await loop.PassAsync(tenant, "ann", $"older-{i}");
        }

        loop.Time.Advance(TimeSpan.FromDays(29));
        await SweepAsync();
        Assert.Equal(6, await loop.Database.StreamLengthAsync(key));
        await loop.PassAsync(tenant, "ann", "young");
        loop.Time.Advance(TimeSpan.FromDays(2));
        await SweepAsync();
        Assert.Equal("7-0", Assert.Single(await loop.Database.StreamRangeAsync(key)).Id);
        loop.Time.Advance(TimeSpan.FromDays(60));
        await SweepAsync();
        Assert.Equal(1, await loop.Database.StreamLengthAsync(key));
    }

    [Fact]
    public async Task Hold_takes_the_end_away_and_its_release_gives_it_back()
    {
        var (tenant, account) = (loop.NewTenant(), "held");
        var decision = await loop.RemoveAsync(tenant, account, "p1", text: "text");
        var shard = loop.ShardOf(tenant, account);
        string[] keys =
        [
            KeySpace.Decision(shard, decision.DecisionId), KeySpace.DecisionText(shard, decision.DecisionId), KeySpace.Post(shard, tenant, "p1"),
            KeySpace.Ledger(shard, tenant, account),
        ];
        var hold = await HoldAsync(tenant, account, 30);
        Assert.Equal(hold, await HoldAsync(tenant, account, 30));
        await loop.Part<LegalHoldKeeper>().StepAsync(CancellationToken.None);
        Assert.All(await Task.WhenAll(keys.Select(k => loop.Database.KeyTimeToLiveAsync(k))), Assert.Null);
        var listed = Assert.Single((await loop.Data.ListLegalHoldsAsync(new ListLegalHoldsRequest { TenantId = tenant }, loop.AsPerson())).Holds);
        Assert.NotNull(listed.ApplyTime);

        // What comes during the hold is held a day later at the latest; a withdrawal takes nothing away.
        var later = await loop.RemoveAsync(tenant, account, "p2", text: "text");
        await loop.Enforcement.RecordWithdrawalAsync(new RecordWithdrawalRequest { TenantId = tenant, PostId = "p2", AccountId = account }, loop.AsService());
        loop.Time.Advance(TimeSpan.FromHours(25));
        await loop.Part<LegalHoldKeeper>().StepAsync(CancellationToken.None);
        Assert.True(await loop.Database.KeyExistsAsync(KeySpace.DecisionText(shard, later.DecisionId)));
        Assert.Null(await loop.Database.KeyTimeToLiveAsync(KeySpace.Decision(shard, later.DecisionId)));

        // It ends by itself, and another replica sees to it.
        loop.Time.Advance(TimeSpan.FromDays(30));
        await loop.Part<LegalHoldKeeper>(replica: 1).StepAsync(CancellationToken.None);
        Assert.Empty((await loop.Data.ListLegalHoldsAsync(new ListLegalHoldsRequest { TenantId = tenant }, loop.AsPerson())).Holds);
        var left = await loop.Database.KeyTimeToLiveAsync(KeySpace.Decision(shard, decision.DecisionId));
        Assert.InRange(left!.Value, TimeSpan.FromDays(214 - 32), TimeSpan.FromDays(214 - 31)); // it had 214 days, and 31 and an hour have passed
        var gone = await Assert.ThrowsAsync<RpcException>(async () => await loop.Data.ReleaseLegalHoldAsync(new ReleaseLegalHoldRequest { HoldId = hold.HoldId }, loop.AsPerson()));
        Assert.Equal(ErrorReason.HoldNotFound, RpcErrors.ReasonOf(gone));
        Assert.Equal(["hold.set", "hold.applied", "hold.applied", "hold.ended"], (await loop.ActionsAsync(shard)).Where(a => a.ObjectId == hold.HoldId).Select(a => a.Action));
    }

    [Fact]
    public async Task Hold_of_two_ends_with_the_later_one_and_another_tenant_sees_neither()
    {
        var tenant = loop.NewTenant();
        var decision = await loop.RemoveAsync(tenant, "twice", "p1");
        var key = KeySpace.Decision(loop.ShardOf(tenant, "twice"), decision.DecisionId);
        var (one, other) = (await HoldAsync(tenant, "twice", 30, "h1"), await HoldAsync(tenant, "twice", 60, "h2"));
        var keeper = loop.Part<LegalHoldKeeper>();
        await keeper.StepAsync(CancellationToken.None);
        await loop.Data.ReleaseLegalHoldAsync(new ReleaseLegalHoldRequest { HoldId = one.HoldId }, loop.AsPerson());
        await keeper.StepAsync(CancellationToken.None);
        Assert.Null(await loop.Database.KeyTimeToLiveAsync(key));
        var stranger = loop.AsPerson("eve@test", loop.NewTenant());
        var denied = await Assert.ThrowsAsync<RpcException>(async () => await loop.Data.ReleaseLegalHoldAsync(new ReleaseLegalHoldRequest { HoldId = other.HoldId }, stranger));
        Assert.Equal(ErrorReason.HoldNotFound, RpcErrors.ReasonOf(denied));
        await loop.Data.ReleaseLegalHoldAsync(new ReleaseLegalHoldRequest { HoldId = other.HoldId }, loop.AsPerson());
        await keeper.StepAsync(CancellationToken.None);
        Assert.NotNull(await loop.Database.KeyTimeToLiveAsync(key));
    }

    [Fact]
    public async Task Withdrawal_closes_the_task_and_drops_texts_and_fingerprints_but_what_an_appeal_needs()
    {
        var (tenant, account) = (loop.NewTenant(), "ann");
        var shard = loop.ShardOf(tenant, account);
        var held = loop.Request(tenant, account, "held", "", 1, "text");
        held.Text.Scores.Add(new CategoryScore { Category = Contracts.V1.HarmCategory.Hate, Score = 0.99f });
        var reviewed = await loop.DecideAsync(held);
        var appealed = await loop.RemoveAsync(tenant, account, "appealed", text: "text");
        await loop.Appeals.FileAppealAsync(new FileAppealRequest { DecisionId = appealed.DecisionId }, loop.AsService(tenant));
        await loop.Database.StringSetAsync(KeySpace.Media(tenant, held.Facts.MediaIds[0]), "fingerprints");
        // A person's decision is in force when the author withdraws: the text lies beside the rule's.
        await loop.Enforcement.MakeDecisionAsync(
            new MakeDecisionRequest { TenantId = tenant, RequestId = "m", PostId = "held", Verdict = new Contracts.V1.Verdict { Rationale = "Fine." } }, loop.AsPerson());
        foreach (var post in new[] { "held", "held", "appealed" })
        {
            await loop.Enforcement.RecordWithdrawalAsync(new RecordWithdrawalRequest { TenantId = tenant, PostId = post, AccountId = account }, loop.AsService());
        }

        Assert.False(await loop.Database.KeyExistsAsync(KeySpace.DecisionText(shard, reviewed.DecisionId)));
        Assert.False(await loop.Database.KeyExistsAsync(KeySpace.Media(tenant, held.Facts.MediaIds[0])));
        Assert.True(await loop.Database.KeyExistsAsync(KeySpace.DecisionText(shard, appealed.DecisionId)));
        Assert.Equal(0, await loop.Database.SortedSetLengthAsync(KeySpace.ReviewQueue(shard, tenant, "general")));
    }

    [Fact]
    public async Task Later_revision_drops_the_text_that_only_a_closed_task_needed_and_the_fingerprints_that_it_has_no_more()
    {
        var (tenant, account) = (loop.NewTenant(), "ann");
        var shard = loop.ShardOf(tenant, account);
        var first = loop.Request(tenant, account, "edited", "", 1, "text");
        first.Text.Status = Contracts.V1.SignalStatus.Unavailable; // reviewed, and nothing restricts it
        var reviewed = await loop.DecideAsync(first);
        Assert.NotEmpty(reviewed.ReviewTaskId);
        Assert.True(await loop.Database.KeyExistsAsync(KeySpace.DecisionText(shard, reviewed.DecisionId)));
        var (kept, dropped) = (first.Facts.MediaIds[0], "m_" + new string('b', 64));
        await loop.Database.StringSetAsync(KeySpace.Media(tenant, kept), "fingerprints");
        await loop.Database.StringSetAsync(KeySpace.Media(tenant, dropped), "fingerprints");
        var second = loop.Request(tenant, account, "edited", "entry-1", 2, "text");
        second.Facts.MediaIds.Add(dropped);
        var removed = await loop.DecideAsync(second);
        Assert.False(await loop.Database.KeyExistsAsync(KeySpace.DecisionText(shard, reviewed.DecisionId)));
        Assert.Equal(TaskStates.Closed, await loop.Database.HashGetAsync(KeySpace.ReviewTask(shard, reviewed.ReviewTaskId), "s"));
        await loop.PassAsync(tenant, account, "edited", revision: 3);
        Assert.True(await loop.Database.KeyExistsAsync(KeySpace.DecisionText(shard, removed.DecisionId))); // it can be appealed
        Assert.True(await loop.Database.KeyExistsAsync(KeySpace.Media(tenant, kept)));
        Assert.False(await loop.Database.KeyExistsAsync(KeySpace.Media(tenant, dropped)));
    }
}
