using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Policies;

/// <summary>Versions: what is refused, who may put one in force, going back, other replicas.</summary>
public sealed class PolicyVersionTests(PolicyFixture policy) : IClassFixture<PolicyFixture>
{
    private static int _names;

    private static string NewName() => $"versions@{Interlocked.Increment(ref _names)}";

    private async Task<PolicyState> WithdrawAsync(long version)
        => (await policy.Policies.WithdrawPolicyVersionAsync(new WithdrawPolicyVersionRequest { Version = version, Reason = "Enough." }, policy.AsAuthor)).State;

    private (PolicyCatalogue Catalogue, PolicyFollower Follower) NewReplica()
    {
        var (options, store) = (policy.Services.GetRequiredService<IOptions<PolicyOptions>>(), policy.Services.GetRequiredService<PolicyStateStore>());
        var catalogue = new PolicyCatalogue(options);
        return (catalogue, new PolicyFollower(store, new PolicyLibrary(store, catalogue), catalogue, options, policy.Clock, NullLogger<PolicyFollower>.Instance));
    }

    [Fact]
    public async Task Document_that_does_not_compile_or_breaks_a_golden_case_is_refused_with_all_that_is_wrong()
    {
        var document = PolicyFixture.Document(NewName());
        document.Text = document.Text.Replace("text.score.violence >= t.violence_high", "text.score.violance >= t.violence_hihg", StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<RpcException>(() => policy.ProposeAsync(document));
        Assert.Equal(ErrorReason.PolicyInvalid, RpcErrors.ReasonOf(refused));
        Assert.All(refused.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations, v => Assert.Equal("document.text", v.Field)); // of this reason

        var other = PolicyFixture.Document(NewName());
        other.Text = other.Text.Replace("violence_high: { value: 0.80", "violence_high: { value: 0.99", StringComparison.Ordinal);
        var broken = await Assert.ThrowsAsync<RpcException>(() => policy.ProposeAsync(other));
        Assert.Contains(broken.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations, v => v.Field == "document.golden_cases"); // as above
    }

    [Fact]
    public async Task Change_that_rests_on_an_older_state_is_refused()
    {
        var created = await policy.ProposeAsync(PolicyFixture.Document(NewName(), PolicyFixture.Removes("fraud.stale")));
        var stale = created.State.StateVersion;
        await policy.MoveAsync("fraud.stale", PolicyStage.Backtest);
        await PolicyFixture.RefusedAsync(ErrorReason.PolicyStateChanged, async () => await policy.Policies.MoveRuleAsync(
            new MoveRuleRequest { RuleId = "fraud.stale", Stage = PolicyStage.Draft, Reason = "Late.", StateVersion = stale }, policy.AsAuthor));
        await WithdrawAsync(created.Version.Version);
    }

    [Fact]
    public async Task Changes_at_the_same_time_all_happen_one_after_the_other()
    {
        var created = await policy.ProposeAsync(PolicyFixture.Document(NewName(), PolicyFixture.Removes("fraud.many")));
        var people = Enumerable.Range(0, 6).Select(i => $"person-{i}@test").ToList();
        await Task.WhenAll(people.Select(p => policy.Policies.ApproveRuleAsync(
            new ApproveRuleRequest { RuleId = "fraud.many", Reason = "Yes." }, policy.As(p, Role.Policy)).ResponseAsync));
        Assert.Equal(people, (await policy.RuleAsync("fraud.many")).Approvers.Order(StringComparer.Ordinal));
        Assert.Equal(created.State.StateVersion + people.Count, (await WithdrawAsync(created.Version.Version)).StateVersion - 1);
    }

    [Fact]
    public async Task Version_that_drops_a_strict_rule_is_promoted_by_another_person_and_rolled_back_by_one()
    {
        var document = PolicyFixture.Document(NewName());
        var start = document.Text.IndexOf("  - id: fraud.remove", StringComparison.Ordinal);
        document.Text = document.Text.Remove(start, document.Text.IndexOf("  - id: fraud.known", StringComparison.Ordinal) - start);
        document.GoldenCases = "";
        var created = await policy.ProposeAsync(document);
        var promote = new PromotePolicyVersionRequest { Version = created.Version.Version, Reason = "Tested." };
        await PolicyFixture.RefusedAsync(
            ErrorReason.PolicySecondPersonRequired, async () => await policy.Policies.PromotePolicyVersionAsync(promote, policy.AsAuthor));
        await policy.Policies.PromotePolicyVersionAsync(promote, policy.AsColleague);

        var work = new Casework(policy, "promoted");
        var without = await work.FraudAsync("without");
        Assert.Equal((document.Text.Split('\n').First(l => l.StartsWith("version: ", StringComparison.Ordinal))["version: ".Length..], false),
            (without.PolicyVersion, without.Measures.Any(m => m.RuleId == "fraud.remove")));
        var before = await policy.Policies.GetPolicyStateAsync(new GetPolicyStateRequest(), policy.AsAuthor);
        await PolicyFixture.RefusedAsync(ErrorReason.PolicyVersionNotFound, async () => await policy.Policies.RollBackPolicyAsync(
            new RollBackPolicyRequest { Version = 999, Reason = "Back." }, policy.AsAuthor));
        var after = (await policy.Policies.RollBackPolicyAsync(new RollBackPolicyRequest { Version = 1, Reason = "Back." }, policy.AsAuthor)).State;
        Assert.Equal((1, before.State.StateVersion + 1), (after.BaseVersion, after.StateVersion));
        Assert.Contains((await work.FraudAsync("with", "other")).Measures, m => m.RuleId == "fraud.remove");

        // What was decided meanwhile is replayed under what decided it.
        var replayed = await policy.Policies.ReplayDecisionAsync(new ReplayDecisionRequest { DecisionId = without.DecisionId }, policy.AsAuthor);
        Assert.True(replayed.EqualToRecord);
        Assert.DoesNotContain(replayed.Rules, r => r.RuleId == "fraud.remove");
    }

    [Fact]
    public async Task Suspended_rule_stays_suspended_after_going_back_and_comes_back_with_a_second_person()
    {
        await policy.MoveAsync("hate.reach", PolicyStage.Suspended);
        var document = PolicyFixture.Document(NewName());
        var created = await policy.ProposeAsync(document);
        await policy.Policies.PromotePolicyVersionAsync(
            new PromotePolicyVersionRequest { Version = created.Version.Version, Reason = "Same rules." }, policy.AsAuthor);
        await policy.Policies.RollBackPolicyAsync(new RollBackPolicyRequest { Version = 1, Reason = "Back." }, policy.AsAuthor);
        Assert.Equal(PolicyStage.Suspended, (await policy.RuleAsync("hate.reach")).Stage);
        Assert.DoesNotContain((await new Casework(policy, "suspended").PostAsync("p", 0.6)).Measures, m => m.RuleId == "hate.reach");

        await policy.MoveAsync("hate.reach", PolicyStage.Live); // not strict: one person is enough
        await policy.MoveAsync("fraud.remove", PolicyStage.Suspended);
        Assert.Contains("approvals", await PolicyFixture.MissingAsync(() => policy.MoveAsync("fraud.remove", PolicyStage.Live)), StringComparison.Ordinal);
        var approve = new ApproveRuleRequest { RuleId = "fraud.remove", Reason = "The wave is over." };
        await policy.Policies.ApproveRuleAsync(approve, policy.AsAuthor);
        Assert.Contains("approvals", await PolicyFixture.MissingAsync(() => policy.MoveAsync("fraud.remove", PolicyStage.Live)), StringComparison.Ordinal);
        await policy.MoveAsync("fraud.remove", PolicyStage.Live, by: policy.AsColleague);
    }

    [Fact]
    public async Task Another_replica_follows_and_keeps_the_last_good_policy_when_it_can_t()
    {
        var (catalogue, follower) = NewReplica();
        await follower.FollowAsync();
        var created = await policy.ProposeAsync(PolicyFixture.Document(NewName(), PolicyFixture.Removes("fraud.follow")));
        await follower.FollowAsync();
        Assert.Equal(created.State.StateVersion, catalogue.Current.StateVersion);

        // A state that names a version which is not there, as a half-restored backup would leave it.
        var broken = new PolicyStateRecord { State = created.State.Clone() };
        (broken.State.StateVersion, broken.State.BaseVersion) = (created.State.StateVersion + 1000, 999);
        await follower.PutAsync(broken);
        Assert.Equal(created.State.StateVersion, catalogue.Current.StateVersion);

        var withdrawn = await WithdrawAsync(created.Version.Version);
        await follower.FollowAsync();
        Assert.Equal(withdrawn.StateVersion, catalogue.Current.StateVersion);
    }

    [Fact]
    public async Task New_replica_decides_by_the_present_state_from_its_start_and_polls_for_more()
    {
        var created = await policy.ProposeAsync(PolicyFixture.Document(NewName(), PolicyFixture.Removes("fraud.poll")));
        var (catalogue, follower) = NewReplica();
        await follower.StartAsync(CancellationToken.None);
        Assert.Equal(created.State.StateVersion, catalogue.Current.StateVersion);
        await follower.StopAsync(CancellationToken.None);
        await WithdrawAsync(created.Version.Version);
    }

    [Fact]
    public async Task Versions_and_changes_are_listed_page_by_page()
    {
        var created = await policy.ProposeAsync(PolicyFixture.Document(NewName(), PolicyFixture.Removes("fraud.listed")));
        await WithdrawAsync(created.Version.Version);
        var (names, token) = (new List<string>(), "");
        do
        {
            var page = await policy.Policies.ListPolicyVersionsAsync(new ListPolicyVersionsRequest { PageSize = 1, PageToken = token }, policy.AsAuthor);
            names.Add(Assert.Single(page.Versions).Name);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal((created.Version.Name, "default@1"), (names[0], names[^1]));
        Assert.Equal(created.Version.Version, names.Count);

        var changes = new List<long>();
        do
        {
            var page = await policy.Policies.ListPolicyChangesAsync(new ListPolicyChangesRequest { PageSize = 2, PageToken = token }, policy.AsAuthor);
            changes.AddRange(page.Changes.Select(c => c.StateVersion));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Range(1, changes.Count).Select(i => (long)i).Reverse(), changes);
        var got = await policy.Policies.GetPolicyVersionAsync(new GetPolicyVersionRequest { Version = 1 }, policy.AsAuthor);
        Assert.Equal(("file", DefaultPolicy.Yaml), (got.Version.Author, got.Document.Text));
        await PolicyFixture.RefusedAsync(
            ErrorReason.PolicyVersionNotFound, async () => await policy.Policies.GetPolicyVersionAsync(new GetPolicyVersionRequest { Version = 998 }, policy.AsAuthor));
    }

    [Fact]
    public async Task Wrong_requests_name_every_wrong_field()
    {
        var wrong = await Assert.ThrowsAsync<RpcException>(async () => await policy.Policies.MoveRuleAsync(
            new MoveRuleRequest { RuleId = "a rule", Stage = PolicyStage.Live, Share = 0.5, StateVersion = -1 }, policy.AsAuthor));
        Assert.Equal(
            ["reason", "rule_id", "share", "state_version"],
            wrong.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field).Order(StringComparer.Ordinal)); // it is INVALID_FIELDS
        await PolicyFixture.RefusedAsync(ErrorReason.PolicyRuleNotFound, () => policy.MoveAsync("no.such-rule", PolicyStage.Suspended));
        await PolicyFixture.RefusedAsync(
            ErrorReason.PolicyOverrideNotFound,
            async () => await policy.Policies.EndOverrideAsync(new EndOverrideRequest { OverrideId = "v_0_none", Reason = "None." }, policy.AsAuthor));
    }

    [Fact]
    public async Task Replica_takes_a_change_at_the_next_tick_of_its_own_clock()
    {
        var (options, store, clock) = (policy.Services.GetRequiredService<IOptions<PolicyOptions>>(), policy.Services.GetRequiredService<PolicyStateStore>(), new TickingClock());
        var catalogue = new PolicyCatalogue(options);
        using var follower = new PolicyFollower(store, new PolicyLibrary(store, catalogue), catalogue, options, clock, NullLogger<PolicyFollower>.Instance);
        await follower.StartAsync(TestContext.Current.CancellationToken);
        await clock.IsTicking;
        var created = await policy.ProposeAsync(PolicyFixture.Document(NewName(), PolicyFixture.Removes("fraud.tick")));
        Assert.True(catalogue.Current.StateVersion < created.State.StateVersion); // nobody told it, and its clock stands still

        clock.Advance(options.Value.PollInterval);
        for (var reads = 0; reads < 20_000 && catalogue.Current.StateVersion < created.State.StateVersion; reads++)
        {
            await store.StateVersionAsync(); // one tick is enough, but what it starts takes a moment of real time
        }

        Assert.Equal((created.State.StateVersion, created.Version.Version), (catalogue.Current.StateVersion, catalogue.Current.Record.State.CandidateVersion));
        await follower.StopAsync(TestContext.Current.CancellationToken);
        await WithdrawAsync(created.Version.Version);
    }

    /// <summary>A clock that says when somebody has begun to wait for it.</summary>
    private sealed class TickingClock : Microsoft.Extensions.Time.Testing.FakeTimeProvider
    {
        private readonly TaskCompletionSource _ticking = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsTicking => _ticking.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _ticking.TrySetResult();
            return timer;
        }
    }
}
