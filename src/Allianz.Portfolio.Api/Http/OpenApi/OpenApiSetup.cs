using System.Security.Cryptography;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Allianz.Portfolio.Api.Http.OpenApi;

/// <summary>The API's own description, for programs at <c>/openapi/v1.json</c> and for people at <c>/docs</c>.</summary>
internal static class OpenApiSetup
{
    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddOpenApi(
            Name,
            o =>
            {
                // The transformer writes the operations itself.
                o.ShouldInclude = _ => false;
                o.AddDocumentTransformer<ApiDocument>();
            }
        );
        services.AddSingleton<ApiDocumentFile>();
    }

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        app.MapGet(
                $"/openapi/{Name}.json",
                async (HttpContext http, ApiDocumentFile file) =>
                {
                    var (bytes, tag) = await file.GetAsync();
                    http.Response.Headers.CacheControl = "public, no-cache";
                    return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: tag);
                }
            )
            .ExcludeFromDescription()
            .For(Right.Read(Resource.Frame));
        app.MapScalarApiReference("/docs", Page).For(Right.Read(Resource.Frame));
    }

    // Styles are made by the page's own script, hence unsafe-inline for them alone.
    // Everything comes from this server, and keys stay in the page: what it offers beyond that (fonts, proxy, telemetry, chat) is off.
    private static void Page(ScalarOptions page, HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        page.WithTitle("Allianz.Portfolio: API")
            .WithNonce(nonce)
            .AddDocument(Name, routePattern: $"/openapi/{Name}.json")
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideClientButton()
            .HideDeveloperTools();
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
    }

    /// <summary>Written once: it says the same as long as the program runs.</summary>
    private sealed class ApiDocumentFile(IServiceProvider services)
    {
        private readonly Lazy<Task<(byte[], EntityTagHeaderValue)>> _file = new(async () =>
        {
            var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name);
            var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
            using var bytes = new MemoryStream();
            await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
            return (bytes.ToArray(), new EntityTagHeaderValue($"\"{Domain.ReportContent.Hash(bytes.ToArray())[..16]}\""));
        });

        public Task<(byte[] Bytes, EntityTagHeaderValue Tag)> GetAsync() => _file.Value;
    }
}
