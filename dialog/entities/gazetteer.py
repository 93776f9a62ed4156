"""Names that everybody shares: colours, languages, continents, countries, and the states of the United States."""

from dialog.entities.lists import known

COLORS = known("""
    black | white | red | green | blue | yellow | orange | purple, violet | pink | brown | grey, gray | gold,
    golden | silver | beige | ivory | turquoise | teal | cyan | magenta | maroon | navy, navy blue | olive |
    lime | indigo | coral | crimson | khaki | lavender | mint | peach | salmon | tan | bronze | dark blue |
    light blue | dark green | light green | dark red | burgundy | charcoal | cream | fuchsia
""")
CONTINENTS = known("""
    Africa | Antarctica | Asia | Europe | North America | South America | Oceania, Australia
""")
LANGUAGES = known("""
    English | Spanish, Español | French, Français | German, Deutsch | Italian, Italiano | Portuguese, Português
    | Dutch, Nederlands | Polish, Polski | Russian, Русский | Ukrainian | Czech | Slovak | Slovenian | Croatian
    | Serbian | Bosnian | Bulgarian | Romanian | Hungarian | Greek | Turkish, Türkçe | Swedish, Svenska |
    Norwegian, Norsk | Danish, Dansk | Finnish, Suomi | Icelandic | Estonian | Latvian | Lithuanian | Irish |
    Welsh | Catalan | Basque | Galician | Arabic, العربية | Hebrew, עברית | Persian, Farsi | Urdu | Hindi,
    हिन्दी | Bengali, Bangla | Punjabi | Gujarati | Marathi | Tamil | Telugu | Kannada | Malayalam | Sinhala |
    Nepali | Chinese, Mandarin, 中文 | Cantonese | Japanese, 日本語 | Korean, 한국어 | Vietnamese | Thai | Indonesian,
    Bahasa Indonesia | Malay | Filipino, Tagalog | Burmese | Khmer | Lao | Mongolian | Kazakh | Uzbek | Georgian
    | Armenian | Azerbaijani | Swahili | Amharic | Yoruba | Igbo | Hausa | Zulu | Xhosa | Afrikaans | Somali |
    Latin | Albanian | Macedonian | Belarusian | Maltese | Luxembourgish | Esperanto
""")
STATES = known("""
    Alabama, AL | Alaska, AK | Arizona, AZ | Arkansas, AR | California, CA | Colorado, CO | Connecticut, CT |
    Delaware, DE | Florida, FL | Georgia, GA | Hawaii, HI | Idaho, ID | Illinois, IL | Indiana | Iowa, IA |
    Kansas, KS | Kentucky, KY | Louisiana, LA | Maine | Maryland, MD | Massachusetts, MA | Michigan, MI |
    Minnesota, MN | Mississippi, MS | Missouri, MO | Montana, MT | Nebraska, NE | Nevada, NV | New Hampshire, NH
    | New Jersey, NJ | New Mexico, NM | New York, NY | North Carolina, NC | North Dakota, ND | Ohio, OH |
    Oklahoma | Oregon | Pennsylvania, PA | Rhode Island, RI | South Carolina, SC | South Dakota, SD | Tennessee,
    TN | Texas, TX | Utah, UT | Vermont, VT | Virginia, VA | Washington, WA | West Virginia, WV | Wisconsin, WI
    | Wyoming, WY | District of Columbia, DC
""")
"""By name, or by the Postal Service's two letters where those are no English word."""
COUNTRIES = known("""
    Afghanistan | Albania | Algeria | Andorra | Angola | Antigua and Barbuda | Argentina | Armenia | Australia |
    Austria, Österreich | Azerbaijan | Bahamas | Bahrain | Bangladesh | Barbados | Belarus | Belgium | Belize |
    Benin | Bhutan | Bolivia | Bosnia and Herzegovina, Bosnia | Botswana | Brazil, Brasil | Brunei | Bulgaria |
    Burkina Faso | Burundi | Cabo Verde, Cape Verde | Cambodia | Cameroon | Canada | Central African Republic |
    Chad | Chile | China | Colombia | Comoros | Congo | Democratic Republic of the Congo, DRC | Costa Rica |
    Côte d'Ivoire, Ivory Coast | Croatia | Cuba | Cyprus | Czechia, Czech Republic | Denmark | Djibouti |
    Dominica | Dominican Republic | Ecuador | Egypt | El Salvador | Equatorial Guinea | Eritrea | Estonia |
    Eswatini, Swaziland | Ethiopia | Fiji | Finland | France | Gabon | Gambia | Georgia | Germany, Deutschland |
    Ghana | Greece | Grenada | Guatemala | Guinea | Guinea-Bissau | Guyana | Haiti | Honduras | Hungary |
    Iceland | India | Indonesia | Iran | Iraq | Ireland | Israel | Italy, Italia | Jamaica | Japan | Jordan |
    Kazakhstan | Kenya | Kiribati | Kosovo | Kuwait | Kyrgyzstan | Laos | Latvia | Lebanon | Lesotho | Liberia |
    Libya | Liechtenstein | Lithuania | Luxembourg | Madagascar | Malawi | Malaysia | Maldives | Mali | Malta |
    Marshall Islands | Mauritania | Mauritius | Mexico, México | Micronesia | Moldova | Monaco | Mongolia |
    Montenegro | Morocco | Mozambique | Myanmar, Burma | Namibia | Nauru | Nepal | Netherlands, Holland, the
    Netherlands | New Zealand | Nicaragua | Niger | Nigeria | North Korea | North Macedonia, Macedonia | Norway
    | Oman | Pakistan | Palau | Palestine | Panama | Papua New Guinea | Paraguay | Peru | Philippines | Poland |
    Portugal | Qatar | Romania | Russia | Rwanda | Saint Kitts and Nevis | Saint Lucia | Saint Vincent and the
    Grenadines | Samoa | San Marino | São Tomé and Príncipe | Saudi Arabia | Senegal | Serbia | Seychelles |
    Sierra Leone | Singapore | Slovakia | Slovenia | Solomon Islands | Somalia | South Africa | South Korea,
    Korea | South Sudan | Spain, España | Sri Lanka | Sudan | Suriname | Sweden | Switzerland, Schweiz, Suisse |
    Syria | Taiwan | Tajikistan | Tanzania | Thailand | Timor-Leste, East Timor | Togo | Tonga | Trinidad and
    Tobago | Tunisia | Turkey, Türkiye | Turkmenistan | Tuvalu | Uganda | Ukraine | United Arab Emirates, UAE,
    Emirates | United Kingdom, UK, Great Britain, Britain, England, Scotland, Wales, Northern Ireland | United
    States, USA, United States of America, America, U.S., U.S.A. | Uruguay | Uzbekistan | Vanuatu | Vatican
    City, Holy See | Venezuela | Vietnam | Yemen | Zambia | Zimbabwe | Hong Kong | Puerto Rico | Greenland
""")
