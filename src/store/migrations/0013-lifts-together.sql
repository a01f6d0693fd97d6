-- Of a lift that was made for one of several devices: the word by which it was made, and by which it is lifted together with others.
alter table requests add column lift_word text;
