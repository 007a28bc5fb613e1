using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextModelRpc
{
    private const int DefaultModels = 50;
    private const int MaxModels = 100;

    public override async Task<ListTextModelsResponse> ListTextModels(ListTextModelsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var after = CheckPage(request.PageSize, DefaultModels, MaxModels, request.PageToken, violations);
        violations.ThrowIfAny();
        var order = await OrderAsync(context.CancellationToken);
        var size = request.PageSize == 0 ? DefaultModels : request.PageSize;
        var page = folders.Find().Where(f => string.CompareOrdinal(f.ModelId, after) > 0).Take(size + 1).ToList();
        var response = new ListTextModelsResponse { Etag = EtagOf(order) };
        foreach (var folder in page.Take(size)) response.Models.Add(await DescribeAsync(folder, order, context.CancellationToken));
        if (page.Count > size) response.NextPageToken = Token(page[size - 1].ModelId);
        return response;
    }
}
