using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextModelRpc
{
    private const int DefaultChanges = 100;
    private const int MaxChanges = 1000;

    public override async Task<ListTextModelChangesResponse> ListTextModelChanges(ListTextModelChangesRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var token = CheckPage(request.PageSize, DefaultChanges, MaxChanges, request.PageToken, violations);
        var after = 0L;
        if (token.Length > 0 && !long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out after)) violations.Add("page_token", WrongToken);
        violations.ThrowIfAny();
        var size = request.PageSize == 0 ? DefaultChanges : request.PageSize;
        var page = await store.ReadHistoryAsync(after, size + 1);
        var response = new ListTextModelChangesResponse { Changes = { page.Take(size) } };
        if (page.Count > size) response.NextPageToken = Token(page[size - 1].Number.ToString(CultureInfo.InvariantCulture));
        return response;
    }
}
