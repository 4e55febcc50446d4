using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>Somebody with a browser: keeps cookies, follows redirects, fills in the forms of the page that it sees.</summary>
public sealed partial class Person(PortfolioHost host) : IDisposable
{
    private readonly HttpClient _client = host.CreateClient(new WebApplicationFactoryClientOptions { HandleCookies = true });

    /// <summary>The page as it came.</summary>
    public string Html { get; private set; } = "";

    /// <summary>What one reads on it.</summary>
    public string Text => WebUtility.HtmlDecode(Tags().Replace(Html, " "));

    public HttpStatusCode Status { get; private set; }

    /// <summary>Where it came to.</summary>
    public string Path { get; private set; } = "/";

    public HttpResponseMessage Response { get; private set; } = null!;

    public HttpClient Client => _client;

    public async Task<Person> GoAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    /// <summary>Sends the form that has the words on it, with what is filled in and what it holds already.</summary>
    public async Task<Person> SubmitAsync(string words, params (string Name, string Value)[] fields)
    {
        var form = Forms().Matches(Html).LastOrDefault(f => WebUtility.HtmlDecode(f.Value).Contains(words, StringComparison.Ordinal));
        Assert.That(form, Is.Not.Null, $"No form says '{words}' on {Path}: {Text}");
        var action = WebUtility.HtmlDecode(Action().Match(form!.Groups["tag"].Value).Groups[1].Value);
        var values = Hidden()
            .Matches(form.Value)
            .Select(i => KeyValuePair.Create(Attribute(i.Value, "name"), Attribute(i.Value, "value")))
            .Where(i => fields.All(f => f.Name != i.Key))
            .Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)))
            .ToList();
        using var request = new HttpRequestMessage(HttpMethod.Post, action.Length > 0 ? action : Path)
        {
            Content = new FormUrlEncodedContent(values),
        };
        return await SendAsync(request);
    }

    /// <summary>Signs in with a password.</summary>
    public async Task<Person> SignInAsync(string email, string password)
    {
        await GoAsync("/sign-in");
        return await SubmitAsync("Passwort", ("email", email), ("password", password));
    }

    public void Dispose() => _client.Dispose();

    private async Task<Person> SendAsync(HttpRequestMessage request)
    {
        request.Headers.Accept.ParseAdd("text/html");
        Response = await _client.SendAsync(request);
        Html = await Response.Content.ReadAsStringAsync();
        Status = Response.StatusCode;
        Path = Response.RequestMessage!.RequestUri!.PathAndQuery;
        return this;
    }

    private static string Attribute(string tag, string name) =>
        WebUtility.HtmlDecode(Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<form(?<tag>[^>]*)>.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex Hidden();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();
}
