using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Effects;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Lifecycle;

public sealed class EffectTests(LoopFixture loop) : IClassFixture<LoopFixture>
{
    private async Task<ReportEffectResponse> ReportAsync(Decision decision, params EffectReport[] reports)
        => await loop.Effects.ReportEffectAsync(new ReportEffectRequest { DecisionId = decision.DecisionId, Reports = { reports } }, loop.AsService(decision.TenantId));

    private async Task<IReadOnlyList<UnconfirmedDecision>> ListAsync(string tenant)
        => [.. (await loop.Effects.ListUnconfirmedEffectsAsync(new ListUnconfirmedEffectsRequest { TenantId = tenant }, loop.AsPerson())).Decisions];

    private static EffectReport[] All(Decision decision) =>
    [
        .. decision.Measures.Select(m => new EffectReport { Kind = EffectKind.Applied, MeasureId = m.MeasureId }),
        .. decision.RevertedMeasures.Select(m => new EffectReport { Kind = EffectKind.Reverted, MeasureId = m.MeasureId }),
        .. decision.Notice is null ? Array.Empty<EffectReport>() : [new EffectReport { Kind = EffectKind.NoticeDelivered }],
    ];

    private Task<long> ListedAsync(Decision decision)
        => loop.Database.SortedSetLengthAsync(KeySpace.Unconfirmed(loop.ShardOf(decision.TenantId, decision.AccountId), decision.TenantId));

    [Fact]
    public async Task Commit_enters_a_decision_that_asks_for_something_and_no_other()
    {
        var tenant = loop.NewTenant();
        var removed = await loop.RemoveAsync(tenant, "ann", "p1");
        Assert.Equal(1, await ListedAsync(removed));
        var passed = await loop.PassAsync(tenant, "bob", "p2");
        Assert.Equal(0, await ListedAsync(passed));
        // The post is changed, so its removal ends: that is to be confirmed as well.
        var edited = await loop.PassAsync(tenant, "ann", "p1", revision: 2);
        Assert.NotEmpty(edited.RevertedMeasures);
        Assert.Equal(2, await ListedAsync(edited));
    }

    [Fact]
    public async Task ReportEffect_of_everything_settles_the_decision_and_takes_it_off_the_list()
    {
        var tenant = loop.NewTenant();
        var decision = await loop.RemoveAsync(tenant, "ann", "p1");
        Assert.Equal([Contracts.V1.MeasureKind.Remove, Contracts.V1.MeasureKind.WarnAccount], decision.Measures.Select(m => m.Kind));
        var half = await ReportAsync(decision, new EffectReport { Kind = EffectKind.Applied, MeasureId = decision.Measures[0].MeasureId });
        Assert.False(half.Settled);
        Assert.Equal([EffectState.Confirmed, EffectState.Waiting, EffectState.Waiting], half.Effects.Select(e => e.State));
        Assert.Equal(1, await ListedAsync(decision));
        var whole = await ReportAsync(decision, All(decision));
        Assert.True(whole.Settled);
        Assert.Equal(0, await ListedAsync(decision));
        var read = await loop.Effects.GetEffectsAsync(new GetEffectsRequest { DecisionId = decision.DecisionId }, loop.AsService(tenant));
        Assert.Equal(whole.Effects, read.Effects);
        var audited = (await loop.ActionsAsync(loop.ShardOf(tenant, "ann"))).Where(a => a.Action == "effect.reported" && a.ObjectId == decision.DecisionId);
        Assert.Equal(2, audited.Count());
    }

    [Fact]
    public async Task ReportEffect_twice_or_many_times_at_once_changes_nothing_more()
    {
        var tenant = loop.NewTenant();
        var decision = await loop.RemoveAsync(tenant, "ann", "p1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ReportAsync(decision, All(decision))));
        Assert.All(answers, a => Assert.True(a.Settled));
        Assert.Single(await loop.ActionsAsync(loop.ShardOf(tenant, "ann")), a => a.Action == "effect.reported" && a.ObjectId == decision.DecisionId);
    }

    [Fact]
    public async Task ReportEffect_of_a_failure_stays_listed_until_it_is_confirmed_and_a_confirmation_is_final()
    {
        var tenant = loop.NewTenant();
        var decision = await loop.RemoveAsync(tenant, "ann", "p1");
        var failed = new EffectReport { Kind = EffectKind.Applied, MeasureId = decision.Measures[0].MeasureId, Failed = true, Reason = "the post store is down" };
        await ReportAsync(decision, All(decision)[1..]);
        Assert.False((await ReportAsync(decision, failed)).Settled);
        loop.Time.Advance(TimeSpan.FromMinutes(16));
        var listed = Assert.Single(await ListAsync(tenant));
        Assert.Equal(("the post store is down", EffectState.Failed), (Assert.Single(listed.Effects).Reason, listed.Effects[0].State));
        Assert.True((await ReportAsync(decision, All(decision)[0])).Settled);
        Assert.True((await ReportAsync(decision, failed)).Settled);
        Assert.Empty(await ListAsync(tenant));
    }

    [Fact]
    public async Task ReportEffect_with_wrong_fields_names_them_all_and_one_of_another_decision_is_refused()
    {
        var tenant = loop.NewTenant();
        var decision = await loop.RemoveAsync(tenant, "ann", "p1");
        var wrong = await Assert.ThrowsAsync<RpcException>(() => ReportAsync(
            decision, new EffectReport { Reason = "?" }, new EffectReport { Kind = EffectKind.NoticeDelivered, Failed = true }));
        var fields = wrong.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(["reports[0].kind", "reports[0].reason", "reports[1].reason"], fields);
        var other = await Assert.ThrowsAsync<RpcException>(() => ReportAsync(decision, new EffectReport { Kind = EffectKind.Applied, MeasureId = "d_0_x.1" }));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(other));
        Assert.Contains(decision.Measures[0].MeasureId, other.Status.Detail);
    }

    [Fact]
    public async Task Effects_of_another_tenant_are_not_there()
    {
        var (tenant, other) = (loop.NewTenant(), loop.NewTenant());
        var decision = await loop.RemoveAsync(tenant, "ann", "p1");
        loop.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Empty(await ListAsync(other));
        foreach (var call in new Func<Task>[]
        {
            async () => await loop.Effects.GetEffectsAsync(new GetEffectsRequest { DecisionId = decision.DecisionId }, loop.AsService(other)),
            async () => await loop.Effects.ReportEffectAsync(new ReportEffectRequest { DecisionId = decision.DecisionId, Reports = { All(decision) } }, loop.AsService(other)),
        })
        {
            Assert.Equal(ErrorReason.DecisionNotFound, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));
        }

        var key = await loop.AsPlatformAsync(tenant, Scope.Read);
        var denied = await Assert.ThrowsAsync<RpcException>(async () => await loop.Effects.GetEffectsAsync(new GetEffectsRequest { DecisionId = decision.DecisionId }, key));
        Assert.Equal(ErrorReason.ScopeDenied, RpcErrors.ReasonOf(denied));
    }

    [Fact]
    public async Task ListUnconfirmedEffects_pages_through_all_shards_and_names_each_once()
    {
        var tenant = loop.NewTenant();
        var made = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            made.Add((await loop.RemoveAsync(tenant, $"account-{i % 7}", $"post-{i}")).DecisionId);
        }

        Assert.Empty(await ListAsync(tenant)); // they are not late yet
        loop.Time.Advance(TimeSpan.FromMinutes(16));
        var (request, found) = (new ListUnconfirmedEffectsRequest { TenantId = tenant, PageSize = 4 }, new List<string>());
        do
        {
            var page = await loop.Effects.ListUnconfirmedEffectsAsync(request, loop.AsPerson());
            Assert.True(page.Decisions.Count <= 4);
            found.AddRange(page.Decisions.Select(d => d.DecisionId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(made.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reconciler_reminds_of_an_overdue_decision_once_a_day_with_a_stable_id()
    {
        var tenant = loop.NewTenant();
        var late = await loop.RemoveAsync(tenant, "ann", "p1");
        var shard = loop.ShardOf(tenant, "ann");
        await ReportAsync(late, All(late)[0]); // the tenant reports effects
        loop.Time.Advance(TimeSpan.FromMinutes(16));
        var (one, other) = (loop.Part<EffectReconciler>(), loop.Part<EffectReconciler>(replica: 1));
        await one.StepAsync(CancellationToken.None);
        await Task.WhenAll(one.StepAsync(CancellationToken.None), other.StepAsync(CancellationToken.None));
        var reminders = (await loop.EventsAsync(tenant, shard)).Where(e => e.EffectOverdue is not null).ToList();
        var reminder = Assert.Single(reminders);
        Assert.Equal($"effect-overdue:{late.DecisionId}:{loop.Time.GetUtcNow():yyyyMMdd}", reminder.EventId);
        Assert.Equal([late.Measures[1].MeasureId], reminder.EffectOverdue.MeasureIds);
        Assert.True(reminder.EffectOverdue.NoticeUndelivered);
        loop.Time.Advance(TimeSpan.FromDays(1));
        await other.StepAsync(CancellationToken.None);
        Assert.Equal(2, (await loop.EventsAsync(tenant, shard)).Where(e => e.EffectOverdue is not null).Select(e => e.EventId).Distinct().Count());
        await ReportAsync(late, All(late));
        loop.Time.Advance(TimeSpan.FromDays(1));
        await one.StepAsync(CancellationToken.None);
        Assert.Equal(2, (await loop.EventsAsync(tenant, shard)).Count(e => e.EffectOverdue is not null));
    }

    [Fact]
    public async Task Reconciler_leaves_tenants_alone_that_never_report_and_gives_up_in_the_end()
    {
        var (silent, tenant) = (loop.NewTenant(), loop.NewTenant());
        var ignored = await loop.RemoveAsync(silent, "ann", "p1");
        var late = await loop.RemoveAsync(tenant, "bob", "p2");
        await ReportAsync(late, All(late)[0]);
        loop.Time.Advance(TimeSpan.FromDays(31));
        await loop.Part<EffectReconciler>().StepAsync(CancellationToken.None);
        Assert.DoesNotContain(await loop.EventsAsync(silent, loop.ShardOf(silent, "ann")), e => e.EffectOverdue is not null);
        Assert.Equal(1, await ListedAsync(ignored));
        Assert.Equal(0, await ListedAsync(late));
    }

    [Fact]
    public async Task Measure_that_has_ended_unconfirmed_is_moot()
    {
        var tenant = loop.NewTenant();
        var removed = await loop.RemoveAsync(tenant, "ann", "p1");
        await loop.PassAsync(tenant, "ann", "p1", revision: 2);
        var effects = (await loop.Effects.GetEffectsAsync(new GetEffectsRequest { DecisionId = removed.DecisionId }, loop.AsService(tenant))).Effects;
        Assert.Equal([EffectState.Moot, EffectState.Waiting, EffectState.Waiting], effects.Select(e => e.State));
    }
}
