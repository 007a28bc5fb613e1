using System.Text.Json.Nodes;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>A request that is answered with an error, in the shape of the API that it was made for.</summary>
internal sealed class DropInRefusal(int httpStatus, JsonObject body) : Exception
{
    public int HttpStatus => httpStatus;

    public JsonObject Body => body;
}
