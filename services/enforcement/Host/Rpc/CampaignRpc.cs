using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.Policies;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Campaigns. One RPC a file.</summary>
internal sealed partial class CampaignRpc(PolicyDesk desk, PolicyStateStore store, PolicyCatalogue catalogue, CampaignReports reports, TimeProvider time)
    : CampaignService.CampaignServiceBase
{
    private const int LongestReason = 1000;
    private const int LongestOwner = 200;
    private const int MostChannels = 100;
    private const int MostLanguages = 50;
    private const int MostThresholds = 50;

    private static PolicyActor ActorOf(ServerCallContext context, string reason, long stateVersion) => new(Caller.Of(context).Subject, reason, stateVersion);

    private static void RequireChange(FieldViolations violations, string id, string reason, long stateVersion)
    {
        violations.RequireName(id, "campaign_id");
        RequireReason(violations, reason, "reason");
        RequireState(violations, stateVersion);
    }

    private static void RequireReason(FieldViolations violations, string reason, string field)
        => violations.Require(reason.Trim().Length is > 0 and <= LongestReason, field, $"must be 1..{LongestReason} characters: it is kept for good");

    private static void RequireState(FieldViolations violations, long stateVersion)
        => violations.Require(stateVersion >= 0, "state_version", "must be as answered before, or 0 for whatever it is");

    // Shapes only; what the closed taxonomy, the bounds of the policy and the 31 days ask for is CampaignRules'.
    private static void RequirePlan(FieldViolations violations, CampaignPlan? plan)
    {
        violations.Require(plan is not null, "plan", "is required");
        if (plan is null)
        {
            return;
        }

        violations.Require(plan.Categories.Distinct().Count() == plan.Categories.Count, "plan.categories", "must name each harm once");
        violations.Require(plan.ChannelIds.Count <= MostChannels, "plan.channel_ids", $"must be at most {MostChannels}");
        for (var i = 0; i < plan.ChannelIds.Count; i++)
        {
            violations.RequireId(plan.ChannelIds[i], $"plan.channel_ids[{i}]");
        }

        violations.Require(
            plan.Languages.Count <= MostLanguages && plan.Languages.All(l => l.Length is 2 or 3 && l.All(char.IsAsciiLetterLower)), "plan.languages",
            $"must be at most {MostLanguages} primary language subtags, such as en");
        RequireReason(violations, plan.Reason, "plan.reason");
        violations.Require(plan.Owner.Trim().Length is > 0 and <= LongestOwner, "plan.owner", $"must be 1..{LongestOwner} characters");
        violations.Require(plan.StartTime is { } start && ApiKeyMapping.IsTime(start), "plan.start_time", "is required");
        violations.Require(plan.EndTime is { } end && ApiKeyMapping.IsTime(end), "plan.end_time", "is required");
        violations.Require(
            plan.Thresholds.Count <= MostThresholds && plan.Thresholds.Select(t => t.Name).Distinct(StringComparer.Ordinal).Count() == plan.Thresholds.Count,
            "plan.thresholds", $"must be at most {MostThresholds}, each once");
        violations.Require(
            plan.ReviewBoost is null or { Seconds: >= 0 and <= 14_400, Nanos: >= 0 and < 1_000_000_000 }, "plan.review_boost", "must be 0 to 4 hours");
    }

    // In whole milliseconds, as decisions have their time: else one would come before an end that is over.
    private static Timestamp Whole(Timestamp time) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(time.ToDateTimeOffset().ToUnixTimeMilliseconds()));

    private async Task<CampaignRecord> FindAsync(string id)
    {
        var violations = new FieldViolations();
        violations.RequireName(id, "campaign_id");
        violations.ThrowIfAny();
        return await store.FindCampaignAsync(id) ?? throw RpcErrors.Create(ErrorReason.CampaignNotFound, ("campaign_id", id));
    }
}
