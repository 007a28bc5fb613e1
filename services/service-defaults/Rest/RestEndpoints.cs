using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>Marks an endpoint that anyone may read on the REST port: the description of the API and its page.</summary>
internal sealed class RestPage;

/// <summary>What the REST port serves besides the API: <c>/openapi.json</c>, and <c>/docs</c> that shows it.</summary>
internal static class RestEndpoints
{
    // The page is one file without anything from elsewhere, and its policy says so to the browser.
    private const string PagePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps them.</summary>
    public static void MapRestPages(this WebApplication app)
    {
        var document = new Lazy<byte[]>(() => JsonSerializer.SerializeToUtf8Bytes(
            OpenApiDocument.Create(app.Services.GetRequiredService<IHostEnvironment>().ApplicationName, Operations(app)), OpenApiContext.Default.JsonObject));
        var page = new Lazy<byte[]>(ReadPage);
        Map(app, "/openapi.json", http => Send(http, "application/json; charset=utf-8", document.Value));
        Map(app, "/docs", http =>
        {
            http.Response.Headers.ContentSecurityPolicy = PagePolicy;
            return Send(http, "text/html; charset=utf-8", page.Value);
        });
        Map(app, "/", http =>
        {
            http.Response.Redirect("/docs");
            return Task.CompletedTask;
        });
    }

    /// <summary>All that a service can be called for over REST, in the order of the contract.</summary>
    public static IReadOnlyList<RestOperation> Operations(IEndpointRouteBuilder routes) =>
    [
        .. routes.DataSources.SelectMany(d => d.Endpoints)
            .SelectMany(e => RestOperation.Of(e.Metadata))
            .DistinctBy(o => (o.Verb, o.Template))
            .OrderBy(o => o.Method.Service.FullName, StringComparer.Ordinal).ThenBy(o => o.Method.Index),
    ];

    private static void Map(WebApplication app, string path, RequestDelegate handle)
        => app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], handle).WithMetadata(new RestPage());

    private static Task Send(HttpContext http, string type, byte[] bytes)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private static byte[] ReadPage()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("docs.html")
            ?? throw new InvalidOperationException("The assembly embeds no docs.html.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
