using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<MakeDecisionResponse> MakeDecision(MakeDecisionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireId(request.RequestId, "request_id");
        violations.Require(request.PostId.Length + request.AccountId.Length > 0, "post_id", "is required unless account_id is given");
        if (request.PostId.Length > 0)
        {
            violations.RequireId(request.PostId, "post_id");
        }

        if (request.AccountId.Length > 0)
        {
            violations.RequireId(request.AccountId, "account_id");
        }

        violations.ThrowIfAny();
        var caller = Caller.Of(context);
        var moderator = new Moderator(caller.Subject, caller.Roles.Contains(Role.Lead));
        var verdict = VerdictRules.Check(request.Verdict, "verdict", policies.Live, moderator, request.PostId.Length > 0, time.GetUtcNow());
        var account = await AccountAsync(request);
        var result = await persons.DecideAsync(
            new PersonDecision(request.TenantId, account, request.PostId, "direct:" + request.RequestId, moderator, verdict) { AuthorLanguage = request.AuthorLanguage });
        return new MakeDecisionResponse { Decision = result.Decision };
    }

    private async Task<string> AccountAsync(MakeDecisionRequest request)
    {
        var owner = request.PostId.Length > 0 ? await store.FindAccountAsync(request.TenantId, request.PostId) : null;
        if (owner is not null && request.AccountId.Length > 0 && owner != request.AccountId)
        {
            throw RpcErrors.Create(ErrorReason.PostOfOtherAccount, ("post_id", request.PostId));
        }

        return owner ?? (request.AccountId.Length > 0 ? request.AccountId : throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", request.PostId)));
    }
}
