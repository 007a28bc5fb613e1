using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReportRpc
{
    public override async Task<ListTrustedFlaggersResponse> ListTrustedFlaggers(ListTrustedFlaggersRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        var size = Paging.Require(violations, request.PageSize);
        if (request.PageToken.Length > 0)
        {
            violations.RequireName(request.PageToken, "page_token");
        }

        violations.ThrowIfAny();
        // A tenant has a handful of them: the list is small, and its pages are cut here.
        var rest = (await flaggers.ListAsync(request.TenantId)).Where(f => string.CompareOrdinal(f.FlaggerId, request.PageToken) > 0).ToList();
        return new ListTrustedFlaggersResponse
        {
            Flaggers = { rest.Take(size) },
            NextPageToken = rest.Count > size ? rest[size - 1].FlaggerId : "",
        };
    }
}
