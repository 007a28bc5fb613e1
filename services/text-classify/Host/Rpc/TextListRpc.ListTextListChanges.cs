using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextListRpc
{
    public override async Task<ListTextListChangesResponse> ListTextListChanges(ListTextListChangesRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        CheckTenant(request.TenantId, violations);
        var token = CheckPage(request.PageSize, request.PageToken, violations);
        var after = 0L;
        if (token.Length > 0 && !long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            violations.Add("page_token", "must be empty or the next_page_token of the page before");
        violations.ThrowIfAny();
        var size = PageSize(request.PageSize);
        var page = await store.ReadHistoryAsync(after, size);
        // A tenant sees its own changes; who has a part in all tenants and names none sees all.
        var response = new ListTextListChangesResponse { Changes = { page.Where(c => request.TenantId.Length == 0 || c.TenantId == request.TenantId) } };
        if (page.Count == size) response.NextPageToken = Token(Number(page[^1].ListVersion));
        return response;
    }
}
