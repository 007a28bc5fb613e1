using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class CampaignRpc
{
    public override async Task<CreateCampaignResponse> CreateCampaign(CreateCampaignRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.CampaignId, "campaign_id");
        RequireState(violations, request.StateVersion);
        RequirePlan(violations, request.Plan);
        violations.ThrowIfAny();
        var plan = request.Plan.Clone();
        (plan.StartTime, plan.EndTime) = (Whole(plan.StartTime), Whole(plan.EndTime));
        // The same again is answered also when its time is over, or the policy has changed since.
        if (await store.FindCampaignAsync(request.CampaignId) is null)
        {
            var core = CampaignMapping.ToCore(new Contracts.V1.Campaign { CampaignId = request.CampaignId, Plan = plan });
            foreach (var problem in CampaignRules.Problems(core, catalogue.Current.Base, [], _ => true))
            {
                violations.Add("plan", "can not be: " + problem);
            }

            violations.Require(core.End > time.GetUtcNow(), "plan.end_time", "must be in the future");
            violations.ThrowIfAny();
        }

        return new CreateCampaignResponse
        {
            Campaign = await desk.CreateCampaignAsync(request.CampaignId, plan, ActorOf(context, plan.Reason, request.StateVersion)),
        };
    }
}
