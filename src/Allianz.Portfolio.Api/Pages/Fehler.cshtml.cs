using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Says in words what went wrong; which status it is stands in the answer already.</summary>
[DisableRateLimiting]
[Right(Act.Read, Resource.Frame)]
internal sealed class FehlerModel : PageModel
{
    private static readonly Dictionary<int, (string Title, string Text)> _texts = new()
    {
        [400] = (
            "Das hat nicht geklappt",
            "Das Formular war zu lange offen, oder Ihr Browser nimmt keine Cookies an. Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal ab."
        ),
        [403] = (
            "Dafür fehlt Ihnen das Recht",
            "Ihr Konto darf diese Seite nicht benutzen. Wenden Sie sich an die Koordination, wenn Sie sie brauchen."
        ),
        [404] = ("Diese Seite gibt es nicht", "Entweder stimmt die Adresse nicht, oder was hier steht, ist nicht für Sie bestimmt."),
        [405] = ("So geht es hier nicht", "Diese Seite lässt sich nur öffnen oder, wo sie ein Formular hat, absenden."),
        [408] = ("Das hat zu lange gedauert", "Ihre Eingaben kamen nicht vollständig an. Senden Sie sie noch einmal ab."),
        [413] = ("Das ist zu groß", "So viel kann auf einmal nicht gesendet werden."),
        [429] = (
            "Zu viele Versuche",
            "Von Ihrer Adresse kamen in kurzer Zeit zu viele Anfragen. Warten Sie einige Minuten und versuchen Sie es dann noch einmal."
        ),
        [503] = ("Gerade geht es nicht", "Im Augenblick ist zu viel zu tun. Versuchen Sie es in einer Minute noch einmal."),
    };

    public string Title => Texts.Title;

    public string Text => Texts.Text;

    private static readonly Dictionary<string, (string Title, string Text)> _ofProblems = new()
    {
        ["/problems/unavailable"] = (
            "Gerade geht es nicht",
            "Die Datenbank antwortet nicht. Versuchen Sie es in einer Minute noch einmal. Wenn Sie gerade etwas abgesendet haben, sehen Sie dann nach, ob es angekommen ist."
        ),
        ["/problems/full"] = (
            "Gerade kann nichts gespeichert werden",
            "Auf dem Server ist kein Platz mehr. Was Sie gesendet haben, ist nicht gespeichert; lesen können Sie weiter. Sagen Sie es bitte der Koordination."
        ),
    };

    private (string Title, string Text) Texts =>
        HttpContext.Items[typeof(Problem)] is Problem problem && _ofProblems.TryGetValue(problem.Type, out var texts) ? texts
        : Response.StatusCode == StatusCodes.Status400BadRequest && HttpContext.Items[typeof(FehlerModel)] is string name
            ? (
                "Diese Adresse stimmt nicht",
                $"Mit der Angabe „{name}“ in der Adresse kann diese Seite nichts anfangen. Damit nichts anderes gezeigt wird, als gemeint war, wird gar nichts gezeigt. Prüfen Sie die Adresse, oder lassen Sie die Angabe weg."
            )
        : _texts.GetValueOrDefault(Response.StatusCode, _texts[404]);

    /// <summary>Whether there are words for a status.</summary>
    public static bool Knows(int status) => _texts.ContainsKey(status);

    private const int LongestWayBack = 1000;

    private static readonly object _address = new();

    /// <summary>
    /// Remembers what was asked for, so that whoever signs in comes back to it. The same for what is hidden and for what does not exist. An
    /// address that is a secret is told to nobody, and to no address of ours either.
    /// </summary>
    public static void NoteAddress(HttpContext http)
    {
        var request = http.Request;
        if (
            HttpMethods.IsGet(request.Method)
            && http.SignedIn() is null
            && request.Headers.Authorization.Count == 0
            && !AnswerHeaders.IsSecret(http)
            && $"{request.PathBase}{request.Path}{request.QueryString}" is { Length: <= LongestWayBack } address
        )
        {
            http.Items[_address] = address;
        }
    }

    /// <summary>Where somebody comes back to who signs in now; null where that would not help.</summary>
    public string? WayBack => Response.StatusCode == StatusCodes.Status404NotFound ? HttpContext.Items[_address] as string : null;

    // Whoever asks for this page by its own address asks for nothing that there is.
    public void OnGet()
    {
        if (Response.StatusCode == StatusCodes.Status200OK)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
