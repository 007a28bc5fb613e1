using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class OrderRpc
{
    private const int LongestReasoning = 4000;
    private const int MostCountries = 60;

    public override async Task<FileOrderResponse> FileOrder(FileOrderRequest request, ServerCallContext context)
    {
        var order = request.Order ?? new AuthorityOrder();
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.Require(
            order.TenantId.Length == 0 || order.TenantId == request.TenantId, "order.tenant_id", "must be empty, or the request's tenant_id");
        RequireText(violations, order.Authority, "order.authority", 200);
        RequireText(violations, order.LegalGround, "order.legal_ground", 500);
        RequireText(violations, order.Reference, "order.reference", 200);
        violations.Require(IsCountry(order.AuthorityCountry), "order.authority_country", "must be two capital letters (ISO 3166-1), or EU");
        violations.Require(
            order.TerritorialScope.Count is > 0 and <= MostCountries && order.TerritorialScope.All(IsCountry), "order.territorial_scope",
            $"must name 1..{MostCountries} countries by two capital letters each");
        violations.Require(order.Reasoning.Length <= LongestReasoning, "order.reasoning", $"must be at most {LongestReasoning} characters");
        violations.Require(
            order.ReceiveTime is not null && order.ReceiveTime.ToDateTimeOffset() <= time.GetUtcNow(), "order.receive_time",
            "is required and must not lie ahead");
        violations.Require(order.PostId.Length + order.AccountId.Length > 0, "order.post_id", "is required unless account_id is given");
        if (order.PostId.Length > 0)
        {
            violations.RequireId(order.PostId, "order.post_id");
        }

        if (order.AccountId.Length > 0)
        {
            violations.RequireId(order.AccountId, "order.account_id");
        }

        violations.ThrowIfAny();
        return new FileOrderResponse { Order = await store.FileAsync(request.TenantId, Caller.Of(context).Subject, order) };
    }

    private static void RequireText(FieldViolations violations, string value, string field, int longest)
        => violations.Require(
            value.Trim().Length > 0 && value.Length <= longest && !value.Any(char.IsControl), field, $"must be 1..{longest} characters in one line");

    private static bool IsCountry(string value) => value.Length == 2 && value.All(char.IsAsciiLetterUpper);
}
