using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<DecidePostResponse> DecidePost(DecidePostRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.Require(IsCause(request.Cause), "cause", "must be 1..200 characters of A-Z a-z 0-9 . _ : -");
        violations.Require(request.Facts is not null, "facts", "is required");
        if (request.Facts is { } facts)
        {
            violations.RequireId(facts.PostId, "facts.post_id");
            violations.RequireId(facts.AccountId, "facts.account_id");
            violations.Require(facts.Revision is >= 1 and < 1L << 53, "facts.revision", "must be 1..2^53-1");
        }

        violations.Require(request.Text is not null, "text", "is required; say NOT_APPLICABLE when there is no text");
        violations.Require(request.Media is not null, "media", "is required; say NOT_APPLICABLE when there are no media");
        foreach (var score in request.Text?.Scores ?? [])
        {
            violations.Require(
                CategoryScores.IsScored((HarmCategory)score.Category) && score.Score is >= 0 and <= 1,
                "text.scores", "must name categories that a model may score, each with a score of 0..1");
        }

        violations.ThrowIfAny();
        await tenants.EnterAsync(request.TenantId); // before its first event, so that whoever delivers for all tenants finds it
        var (decision, repeated) = await maker.DecideAsync(request);
        return new DecidePostResponse { Decision = decision, RepeatedCall = repeated };
    }

    private static bool IsCause(string cause)
        => cause.Length is > 0 and <= 200 && cause.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');
}
