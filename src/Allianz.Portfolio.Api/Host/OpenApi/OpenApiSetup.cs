using Allianz.Portfolio.Api.Ledger;
using System.Security.Cryptography;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Allianz.Portfolio.Api.Host.OpenApi;

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

    // The page makes its styles by script, and some of it knows nothing of nonces: this gives them to it, before any other script runs. What it
    // writes into style attributes goes the way that a policy leaves open to scripts.
    private const string Styles = """
        const { nonce } = document.currentScript;
        const make = document.createElement;
        document.createElement = function (...what) {
            const element = make.apply(this, what);
            if (element instanceof HTMLStyleElement) element.nonce = nonce;
            return element;
        };
        const set = Element.prototype.setAttribute;
        Element.prototype.setAttribute = function (name, value) {
            if (name === 'style') this.style.cssText = value;
            else set.call(this, name, value);
        };
        const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
        Object.defineProperty(Element.prototype, 'innerHTML', {
            ...html,
            set(text) {
                html.set.call(this, `${text}`.replaceAll(' style="', ' data-style="'));
                for (const element of (this.content ?? this).querySelectorAll('[data-style]')) element.style.cssText = element.dataset.style;
            },
        });
        """;

    // Everything comes from this server, and keys stay in the page: what it offers beyond that (fonts, proxy, telemetry, chat) is off.
    private static void Page(ScalarOptions page, HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        page.WithTitle("Allianz.Portfolio: API")
            .WithNonce(nonce)
            .AddHeadContent($"<meta property=\"csp-nonce\" content=\"{nonce}\"><script nonce=\"{nonce}\">{Styles}</script>")
            .AddDocument(Name, routePattern: $"/openapi/{Name}.json")
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideClientButton()
            .HideDeveloperTools();
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src 'self' data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
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
