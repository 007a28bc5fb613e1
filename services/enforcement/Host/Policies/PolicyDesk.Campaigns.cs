using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Policies;

internal sealed partial class PolicyDesk
{
    /// <summary>Creates a campaign in shadow, or finds the one that was created with the same id, plan and author.</summary>
    public async Task<Contracts.V1.Campaign> CreateCampaignAsync(string id, CampaignPlan plan, PolicyActor by)
    {
        Contracts.V1.Campaign? found = null;
        await ChangeAsync(
            by,
            async state =>
            {
                if (await store.FindCampaignAsync(id) is { } there)
                {
                    found = there.Campaign;
                    return found.Author == by.Person && PlannedOf(found).Equals(plan)
                        ? null
                        : throw RpcErrors.Create(ErrorReason.CampaignExists, ("campaign_id", id));
                }

                if (state.Campaigns.Count >= CampaignBook.Most)
                {
                    throw RpcErrors.Create(ErrorReason.PolicyGateClosed, ("missing", $"another campaign must end first: at most {CampaignBook.Most} are open"));
                }

                found = new Contracts.V1.Campaign
                {
                    CampaignId = id,
                    Plan = plan.Clone(),
                    Stage = CampaignStage.Shadow,
                    Author = by.Person,
                    CreateTime = Now(),
                    WatchTime = Duration.FromTimeSpan(campaignOptions.Value.WatchTime),
                };
                state.Campaigns.Add(found);
                return new PolicyChange { Action = "campaign.created", Version = state.BaseVersion, CampaignId = id };
            },
            campaign: () => (null, new CampaignRecord { Campaign = found }));
        return await ShownAsync(found!); // made or found
    }

    /// <summary>Approves a campaign as another person than its author and its owner.</summary>
    public Task<Contracts.V1.Campaign> ApproveCampaignAsync(string id, PolicyActor by) => ChangeCampaignAsync(id, by, "campaign.approved", (_, campaign, _) =>
    {
        RequireRunning(campaign);
        RequireAnother(by, campaign.Author);
        RequireAnother(by, campaign.Plan.Owner);
        if (campaign.Approvers.Contains(by.Person))
        {
            return Task.FromResult(false);
        }

        campaign.Approvers.Add(by.Person);
        return Task.FromResult(true);
    });

    /// <summary>Lets a campaign act from its start to its end.</summary>
    public Task<Contracts.V1.Campaign> PutCampaignLiveAsync(string id, PolicyActor by) => ChangeCampaignAsync(id, by, "campaign.live", async (state, campaign, _) =>
    {
        RequireRunning(campaign);
        if (campaign.LiveTime is not null)
        {
            return false;
        }

        var missing = await MissingAsync(campaign, await VersionAsync(state.BaseVersion));
        if (missing.Count > 0)
        {
            throw RpcErrors.Create(ErrorReason.PolicyGateClosed, ("missing", string.Join("; ", missing)));
        }

        (campaign.Stage, campaign.LiveTime) = (CampaignStage.Live, Now());
        return true;
    });

    /// <summary>Ends a campaign now.</summary>
    public Task<Contracts.V1.Campaign> EndCampaignAsync(string id, PolicyActor by) => ChangeCampaignAsync(id, by, "campaign.ended", (_, campaign, _) =>
    {
        if (campaign.PlannedEndTime is not null)
        {
            return Task.FromResult(false); // it was ended before
        }

        RequireRunning(campaign);
        (campaign.PlannedEndTime, campaign.Plan.EndTime) = (campaign.Plan.EndTime, Now());
        return Task.FromResult(true);
    });

    /// <summary>Writes the closing report of a campaign whose end has come.</summary>
    /// <returns>False when that was done before.</returns>
    public async Task<bool> CloseCampaignAsync(string id, Func<Contracts.V1.Campaign, Task<CampaignReport>> write)
    {
        var closed = false;
        await ChangeCampaignAsync(id, new PolicyActor(BreakerWatch.Actor, "Its end has come.", 0), "campaign.closed", async (state, campaign, record) =>
        {
            closed = campaign.CloseTime is null && Find(state, id) is not null && campaign.Plan.EndTime.ToDateTimeOffset() <= time.GetUtcNow();
            if (!closed)
            {
                return false;
            }

            (campaign.Stage, campaign.CloseTime) = (CampaignStage.Ended, Now());
            record.Report = await write(campaign);
            return true;
        });
        return closed;
    }

    /// <summary>Completes the report of a campaign whose scope need not be watched any more; from then on no decision looks at it.</summary>
    /// <returns>False when that was done before.</returns>
    public async Task<bool> CompleteCampaignAsync(string id, Func<Contracts.V1.Campaign, Task<CampaignReport>> write)
    {
        var completed = false;
        await ChangeCampaignAsync(id, new PolicyActor(BreakerWatch.Actor, "Its scope need not be watched any more.", 0), "campaign.completed", async (state, campaign, record) =>
        {
            completed = campaign.CloseTime is not null && Find(state, id) is { } && CampaignMapping.ToCore(campaign).PartAt(time.GetUtcNow()) == CampaignPart.None;
            if (!completed)
            {
                return false;
            }

            record.Report = await write(campaign);
            state.Campaigns.Remove(campaign);
            return true;
        });
        return completed;
    }

    /// <summary>A campaign as it is answered: with its stage by the clock, and what it lacks to go live.</summary>
    public async Task<Contracts.V1.Campaign> ShownAsync(Contracts.V1.Campaign campaign)
    {
        var shown = campaign.Clone();
        if (shown.Plan.EndTime.ToDateTimeOffset() <= time.GetUtcNow())
        {
            shown.Stage = CampaignStage.Ended;
        }
        else if (shown.Stage == CampaignStage.Shadow)
        {
            shown.Missing.Add(await MissingAsync(shown, catalogue.Current.Base));
        }

        return shown;
    }

    private async Task<IReadOnlyList<string>> MissingAsync(Contracts.V1.Campaign campaign, CompiledPolicy inForce)
    {
        var (now, options, missing) = (time.GetUtcNow(), campaignOptions.Value, new List<string>());
        var counts = await campaignFigures.ReadAsync(campaign.CampaignId);
        var posts = System.Enum.GetValues<CampaignStratumKind>().Sum(k => counts.Sum(CampaignPeriod.Before, CampaignFigureStore.Posts(k)));
        if (now - campaign.CreateTime.ToDateTimeOffset() < options.LeastShadow && posts < options.LeastShadowPosts)
        {
            missing.Add(FormattableString.Invariant(
                $"it must have been in shadow for {options.LeastShadow.TotalHours:0.#} hours or over {options.LeastShadowPosts} posts, not {posts}"));
        }

        if (posts == 0)
        {
            missing.Add("its shadow must have counted at least one post of its scope");
        }

        var all = await store.CampaignsAsync();
        var live = all.Where(r => r.Campaign.LiveTime is not null).Select(r => CampaignMapping.ToCore(r.Campaign));
        var core = CampaignMapping.ToCore(campaign);
        // It begins when it is put live, where that is later than planned.
        missing.AddRange(CampaignRules.Problems(
            core.Start < now ? core with { Start = now } : core, inForce, live,
            id => all.Any(r => r.Campaign.CampaignId == id && r.Report is not null)));
        return missing;
    }

    /// <summary>Changes a campaign, in the state while it is open, and in its own record.</summary>
    /// <param name="id">The campaign.</param>
    /// <param name="by">Who.</param>
    /// <param name="action">What the history calls it.</param>
    /// <param name="change">Changes the campaign, and the record where a report is written; says whether there was anything to do.</param>
    private async Task<Contracts.V1.Campaign> ChangeCampaignAsync(
        string id, PolicyActor by, string action, Func<PolicyState, Contracts.V1.Campaign, CampaignRecord, Task<bool>> change)
    {
        CampaignRecord? before = null, after = null;
        await ChangeAsync(
            by,
            async state =>
            {
                before = await store.FindCampaignAsync(id) ?? throw RpcErrors.Create(ErrorReason.CampaignNotFound, ("campaign_id", id));
                // One object in the state and in the record, so that they can't differ.
                after = before.Clone();
                after.Campaign = Find(state, id) ?? after.Campaign;
                return await change(state, after.Campaign, after)
                    ? new PolicyChange { Action = action, Version = state.BaseVersion, CampaignId = id }
                    : null;
            },
            campaign: () => (before, after!)); // the change was made
        return await ShownAsync(after!.Campaign); // found, or it has thrown
    }

    private void RequireRunning(Contracts.V1.Campaign campaign)
    {
        var end = campaign.Plan.EndTime.ToDateTimeOffset();
        if (end <= time.GetUtcNow())
        {
            throw RpcErrors.Create(ErrorReason.CampaignOver, ("campaign_id", campaign.CampaignId), ("end_time", end.UtcDateTime.ToString("O")));
        }
    }

    private static Contracts.V1.Campaign? Find(PolicyState state, string id) => state.Campaigns.FirstOrDefault(c => c.CampaignId == id);

    private static CampaignPlan PlannedOf(Contracts.V1.Campaign campaign)
    {
        var plan = campaign.Plan.Clone();
        plan.EndTime = campaign.PlannedEndTime ?? plan.EndTime;
        return plan;
    }
}
