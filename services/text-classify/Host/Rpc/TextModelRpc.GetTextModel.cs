using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Models;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextModelRpc
{
    public override async Task<GetTextModelResponse> GetTextModel(GetTextModelRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.ModelId, "model_id");
        violations.ThrowIfAny();
        var folder = Find(request.ModelId);
        var order = await OrderAsync(context.CancellationToken);
        try
        {
            var response = await TextModelCard.ReadAsync(folder, context.CancellationToken);
            response.Model = await DescribeAsync(folder, order, context.CancellationToken);
            return response;
        }
        catch (Exception unusable) when (unusable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(request.ModelId, unusable);
        }
    }
}
