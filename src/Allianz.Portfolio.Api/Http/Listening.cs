namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// Where the program listens. Every way of ASP.NET Core to say so holds (Kestrel:Endpoints, urls, https_ports, http_ports, from arguments,
/// environment or files, in this order); without any it listens on this machine only. Not in appsettings.json, which would win over
/// ASPNETCORE_URLS.
/// </summary>
internal static class Listening
{
    /// <summary>Where it listens when nothing is said.</summary>
    public const string Default = "http://127.0.0.1:5080";

    public static void AddListening(this WebApplicationBuilder builder)
    {
        if (Configured(builder.Configuration) is null)
        {
            builder.WebHost.UseUrls(Default);
        }
    }

    /// <summary>The first address, as this machine reaches it; without a slash at its end.</summary>
    public static string First(IConfiguration configuration)
    {
        var first = (Configured(configuration) ?? Default)
            .Replace("//*", "//localhost", StringComparison.Ordinal)
            .Replace("//+", "//localhost", StringComparison.Ordinal);
        return Uri.TryCreate(first, UriKind.Absolute, out var uri) ? uri.AbsoluteUri.TrimEnd('/') : "http://localhost";
    }

    private static string? Configured(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().FirstOrDefault()
        ?? Each(configuration["urls"]).FirstOrDefault()
        ?? Each(configuration["https_ports"]).Select(port => $"https://localhost:{port}").FirstOrDefault()
        ?? Each(configuration["http_ports"]).Select(port => $"http://localhost:{port}").FirstOrDefault();

    private static string[] Each(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
