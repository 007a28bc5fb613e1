using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class CampaignRpc
{
    public override async Task<ListCampaignsResponse> ListCampaigns(ListCampaignsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var size = Paging.Require(violations, request.PageSize);
        var from = 0;
        violations.Require(
            request.PageToken.Length == 0 || int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out from), "page_token",
            "must be as answered by the call before");
        violations.ThrowIfAny();
        // Few, in all the years of an installation. A new one moves the others by one place: a page may then repeat the last one.
        var all = await store.CampaignsAsync();
        var page = await Task.WhenAll(all.Skip(from).Take(size).Select(r => desk.ShownAsync(r.Campaign)));
        return new ListCampaignsResponse
        {
            Campaigns = { page },
            NextPageToken = from + size < all.Count ? (from + size).ToString(CultureInfo.InvariantCulture) : "",
        };
    }
}
