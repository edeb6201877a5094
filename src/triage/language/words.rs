//! Words that tell languages in Latin script apart: function words first, since no error text and no product's menu has
//! them, then what clients of a support desk say in every mail. Data only.
//!
//! A word may stand in several lists; it then weighs less in each.

/// By ISO 639-1 code.
pub(super) const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the is are was were and you your my our we i it its this that these with for from have has had not cannot can't \
         don't doesn't does do did please hello hi dear thanks thank how when why what who could would should will of to in \
         on at since but there be been still every any after before all an im i'm it's get need want help would like regards",
    ),
    (
        "de",
        "der die das den dem des und ist sind war nicht kein keine ich wir sie ihr mir mich uns unser unsere mein meine \
         bitte hallo guten tag danke mit ein eine einen einem für auf kann können wie sehr beim seit nach vor von zu zum zur \
         im am es auch noch aber wenn dass habe haben hat wird werden wurde bei nur oder schon mehr geht grüße mfg um über \
         gibt sich als aus wo warum keinen unseren unserem benötigen möchten möchte brauche hilfe funktioniert",
    ),
    (
        "fr",
        "le la les un une des du de et est sont je nous vous il elle on ne pas plus avec pour dans sur mon ma mes notre nos \
         votre vos bonjour merci cordialement que qui quand comment pourquoi mais depuis ce cette cet ces au aux en j'ai \
         c'est n'est d'un d'une l'application l'erreur peut puis pouvez pourriez être avons avez suis à très où si se \
         impossible voudrais souhaite souhaitons besoin svp aucun",
    ),
    (
        "es",
        "el la los las un una unos de del y es son está están yo nosotros usted ustedes no con para por en mi mis nuestro \
         nuestra su sus hola gracias buenos buenas días tardes saludos que quien cuando cómo cuándo dónde porqué pero desde \
         este esta esto eso al se me nos ha he hemos tengo tenemos puedo podemos pueden podría favor muy más también ya hay \
         le les lo qué cuál cuánto necesito necesitamos quiero quisiera quisiéramos ningún después aparece",
    ),
    (
        "pt",
        "o os a as um uma uns de do da dos das e é são está estão eu nós você vocês não com para por em no na nos nas meu \
         minha nosso nossa seu sua olá obrigado obrigada bom dia boa tarde que quem quando como onde mas desde este esta isso \
         ao à se me foi tenho temos posso podemos pode poderia favor muito mais também já há lhe qual quanto consigo \
         conseguimos preciso precisamos gostaria gostaríamos depois até só ele ela aparece pelo pela atenciosamente",
    ),
    (
        "it",
        "il lo gli i le la un una di del della dei delle e è sono io noi voi non con per in su mio mia nostro nostra vostro \
         ciao salve buongiorno grazie saluti che chi quando come dove perché ma da dal dalla questo questa quello al alla \
         si mi ci ho abbiamo ha hanno posso possiamo potete vorrei vorremmo molto più anche già nel nella cosa quale quanto \
         dopo prima sempre ancora stato bisogno cordiali",
    ),
    (
        "nl",
        "de het een en is zijn was niet geen ik wij we u jullie je mijn onze ons uw met voor van op aan in naar bij uit om \
         kan kunnen hallo beste dag dank bedankt alvast groet groeten dat die dit deze wat wie wanneer hoe waarom maar \
         sinds ook nog als heb hebben heeft wordt worden er meer dan graag goedemorgen goedemiddag vriendelijke zou willen \
         wil krijg krijgen",
    ),
    (
        "pl",
        "nie jest są się w we z ze na do od dla po przez i oraz a ale że co kto kiedy jak gdzie dlaczego ja my mnie nam nas \
         mój moja nasz nasza pan pani państwo proszę prosimy dziękuję dziękujemy dzień dobry witam cześć pozdrawiam mogę \
         możemy można mam mamy był była było będzie już tylko bardzo to ten ta tego jestem czy po jak który która",
    ),
    (
        "sv",
        "och är var inte jag vi ni du det den att en ett som på i med för av till från om har hade kan kunde ska vill hej \
         tack hälsningar vänliga min mitt vår vårt er era när hur varför men också sedan efter mycket något inga alla",
    ),
    (
        "da",
        "og er var ikke jeg vi du det den at en et som på i med for af til fra om har havde kan kunne skal vil hej tak \
         hilsen venlig venlige min mit vores jeres når hvordan hvorfor men også siden efter meget noget ingen alle blevet",
    ),
    (
        "no",
        "og er var ikke jeg vi du det den at en et som på i med for av til fra om har hadde kan kunne skal vil hei takk \
         hilsen vennlig min mitt vår vårt deres når hvordan hvorfor men også siden etter mye noe ingen alle blitt",
    ),
    (
        "fi",
        "ja on ei en olen olemme ovat oli se tämä että kun kuin mutta myös hei kiitos terveisin miten miksi missä mikä voi \
         voin voimme minun meidän teidän sekä tai jos vielä jälkeen ennen kanssa kaikki enää nyt sitten mitä",
    ),
    (
        "cs",
        "je jsou byl byla bylo není nejde nelze se si v ve na do od pro po z ze s a i ale že co kdo kdy jak kde proč já my \
         mi mě nám nás můj moje naše prosím děkuji děkujeme dobrý den ahoj zdravím pozdravem mohu můžeme mám máme jsem jsme \
         už jen jenom velmi také když aby nebo ten ta to tak",
    ),
    (
        "sk",
        "je sú bol bola bolo nie nejde sa si v vo na do od pre po z zo s a i ale že čo kto kedy ako kde prečo ja my mi ma \
         nám nás môj moja naša prosím ďakujem ďakujeme dobrý deň ahoj zdravím pozdravom môžem môžeme mám máme som sme už len \
         veľmi tiež keď aby alebo ten tá to tak",
    ),
    (
        "hu",
        "a az és nem van vannak volt hogy ez egy is de ha mert mint csak még már nagyon köszönöm köszönjük szia helló kedves \
         tisztelt üdvözlettel kérem kérjük nekem nekünk én mi hogyan miért mikor hol amikor után előtt minden vagy lehet \
         tudom tudjuk nincs ezt azt",
    ),
    (
        "tr",
        "ve bir bu şu için ile de da değil var yok ne nasıl neden ne zaman ama çok daha gibi kadar sonra önce olarak olan \
         oldu oluyor ben biz siz bana bize benim bizim merhaba selam teşekkürler teşekkür ederim lütfen rica saygılar mı mi \
         mu mü ise veya her hiç şekilde",
    ),
    (
        "ro",
        "și nu este sunt era un o la în cu pe de din pentru că care când cum unde dar sau mai am avem ați eu noi \
         dumneavoastră bună ziua salut mulțumesc mulțumim vă rog vrem pot putem după foarte acest această cineva nimic stimate",
    ),
    (
        "ca",
        "el la els les un una i és són està no amb per a en del de que quan com on però des meu nostra hola gràcies bon dia \
         si us plau molt més també ja hi ha puc podem aquest aquesta això salutacions necessito",
    ),
    (
        "id",
        "yang dan di ke dari untuk dengan ini itu tidak bisa saya kami anda sudah belum akan ada adalah pada karena tetapi \
         bagaimana kapan mengapa terima kasih selamat pagi siang halo mohon tolong juga atau sejak setelah",
    ),
    (
        "vi",
        "và là của có không được cho với trong này đó tôi chúng bạn anh chị xin chào cảm ơn vui lòng khi như thế nào tại sao \
         nhưng đã đang sẽ các một từ lỗi",
    ),
];

/// Letters that one language has and the others of the lists lack, or nearly so.
pub(super) const LETTERS: &[(&str, &str)] = &[
    ("de", "ß"),
    ("es", "ñ¿¡"),
    ("pt", "ãõ"),
    ("fr", "œùûë"),
    ("pl", "łąężźśćń"),
    ("cs", "řěů"),
    ("sk", "ľĺŕ"),
    ("hu", "őű"),
    ("tr", "ığş"),
    ("ro", "țăș"),
    ("vi", "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
];

/// What mails to a support desk are about, for texts too short to have function words. Weighs less than [`WORDS`].
pub(super) const SUBJECTS: &[(&str, &str)] = &[
    (
        "en",
        "app page button error issue problem account invoice user users password login link just again closes shows \
         missing wrong broken crash crashes slow empty board boards task tasks project team upgrade refund seats licence \
         license quote pricing calendar chart comments change add remove cancel now see open opens works working new \
         username company browser operating system device version time tried screenshot attached attachment steps expected cleared cookies network report reports file files data export import email mail server update message phone printer screen",
    ),
    (
        "de",
        "fehler seite rechnung konto benutzer passwort anmeldung anmelden zugang lizenz lizenzen angebot kunde vertrag \
         kündigen kündigung ändern termine termin kalender aufgabe aufgaben projekt projekte einladung meldung kommt \
         öffnen lädt lässt legt zeigt fehlt doppelt leer falsch langsam problem seit gestern heute morgen frage bezahlt \
         abgebucht zurück erstattung mitglieder plätze schulung \
         firma unternehmen benutzername betriebssystem zeitpunkt versucht bildschirmfoto anhang gerät erwartet",
    ),
    (
        "fr",
        "erreur page facture compte utilisateur utilisateurs mot passe connexion connecter licence licences devis client \
         contrat abonnement résilier résiliation changer modifier calendrier tâche tâches projet projets invitation \
         message affiche afficher expiré manque vide faux mauvaises lent problème hier aujourd'hui remboursement payé \
         prélevé membres places quitté entreprise collègue fichier équipe tableau diagramme \
         société entreprise navigateur système exploitation quand essayé capture jointe appareil",
    ),
    (
        "es",
        "error página factura cuenta usuario usuarios contraseña sesión licencia licencias presupuesto cliente contrato \
         suscripción cancelar cambiar calendario tarea tareas proyecto proyectos invitación mensaje muestra existen \
         encuentra falta vacío vacía lento problema ayer hoy reembolso cobraron cobrado dos veces miembros plazas \
         empresa equipo archivo tablero buscador solicitamos queremos quiere rol administrador darle denle iniciar abrir \
         empresa navegador sistema operativo fecha intentado captura adjunta dispositivo",
    ),
    (
        "pt",
        "erro página fatura conta usuário usuários utilizador senha sessão licença licenças orçamento cliente contrato \
         assinatura cancelar mudar alterar calendário tarefa tarefas projeto projetos convite mensagem mostra existem \
         encontra falta vazio vazia lento problema ontem hoje reembolso cobrados cobrado duas vezes membros lugares \
         empresa equipe equipa arquivo ficheiro quadro pedimos queremos quer administrador fomos entrar abrir fazer \
         navegador sistema operacional data tentado captura anexo dispositivo",
    ),
    (
        "it",
        "errore pagina fattura account utente utenti password accesso licenza licenze preventivo cliente contratto \
         abbonamento disdire cambiare modificare calendario attività progetto progetti invito messaggio mostra manca vuoto \
         lento problema ieri oggi rimborso addebitato volte membri posti azienda squadra file bacheca chiediamo aprire \
         nome azienda browser sistema operativo data dispositivo allegato schermata",
    ),
    (
        "nl",
        "fout pagina factuur gebruiker gebruikers wachtwoord inloggen licentie licenties offerte klant contract abonnement \
         opzeggen wijzigen agenda taak taken uitnodiging melding toont ontbreekt leeg verkeerd traag probleem gisteren \
         vandaag terugbetaling leden plaatsen bedrijf bestand bord openen werkt \
         gebruikersnaam bedrijf besturingssysteem tijdstip geprobeerd schermafbeelding bijlage apparaat",
    ),
];
